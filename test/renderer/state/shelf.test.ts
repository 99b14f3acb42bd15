import { expect, it } from 'vitest';
import {
  groupsOf,
  keepingSame,
  type ShelfSpan,
  toShelfChannel,
  withChanges,
} from '../../../renderer/state/shelf.ts';

const span = (gear_id: string, name: string, channels = 0): ShelfSpan => ({
  id: `${gear_id}-${name}`,
  doc: { gear_id, name },
  channels: Array.from({ length: channels }, (_, at) => toShelfChannel({ number: at + 1 })),
});

it('shows spans by gear, those with channels first, names as people count', () => {
  const shelf = [
    span('mux', 'DS1-10'),
    span('mux', 'DS1-2'),
    span('pbx', 'T1_A', 24),
    span('gateway', 'E1 1/1/0', 30),
    span('pbx', 'E1_A', 31),
  ];
  expect(
    groupsOf(shelf).map(({ gearId, spans }) => [gearId, spans.map(({ doc }) => doc['name'])]),
  ).toEqual([
    ['gateway', ['E1 1/1/0']],
    ['pbx', ['E1_A', 'T1_A']],
    ['mux', ['DS1-2', 'DS1-10']],
  ]);
});

it('keeps the objects of what did not change, by events and by reading again', () => {
  const shelf = [span('pbx', 'E1_A', 31), span('pbx', 'E1_B', 31)];
  const [first, second] = shelf as [ShelfSpan, ShelfSpan];
  const busy = toShelfChannel({ number: 5, state: 'busy' });
  const changed = withChanges(shelf, [{ spanId: first.id, channel: busy }]);
  expect(changed[0]?.channels[4]).toEqual(busy);
  expect(changed[0]?.channels[3]).toBe(first.channels[3]);
  expect(changed[1]).toBe(second);
  const again = [
    { ...span('pbx', 'E1_A', 31), doc: { ...first.doc, read_at: 'later' } },
    span('pbx', 'E1_B', 30),
  ];
  const read = keepingSame(shelf, again);
  expect(read[0]).toBe(first);
  expect(read[1]?.channels).toHaveLength(30);
});
