import { expect, it } from 'vitest';
import { groupsOf, type ShelfSpan, toShelfChannel } from '../../../renderer/state/shelf.ts';

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
