import { describe, expect, it } from 'vitest';
import { Tl1Decoder } from '../../../../agent/codec/tl1/decoder.ts';
import { TL1_PROFILES, t1Name } from '../../../../agent/driver/tl1/profile.ts';
import {
  readConditions,
  readFacilities,
  readPerformance,
} from '../../../../agent/driver/tl1/reading.ts';
import { asJson, goldenPath, readSession } from '../../../support/serial-fixtures.ts';

const profile = (name: string) => {
  const found = TL1_PROFILES[name];
  if (found === undefined) throw new Error(name);
  return found;
};

/** Every message of a fixture through the reader its command or verb calls for. */
function readAll(fixture: string, profileName: string): readonly unknown[] {
  const decoder = new Tl1Decoder();
  let command = '';
  return readSession(fixture).flatMap(({ dir, bytes }) => {
    if (dir === 'tx') {
      command = Buffer.from(bytes).toString('latin1').split(':', 1)[0] ?? '';
      return [];
    }
    return decoder.push(bytes).flatMap((message) => {
      if (message.kind !== 'response' && message.kind !== 'autonomous') return [];
      const what = message.kind === 'response' ? command : message.verb;
      const read = /^RTRV-T1$/.test(what)
        ? readFacilities
        : /COND|ALM|EVT/.test(what)
          ? readConditions
          : /PM-|PM /.test(what)
            ? readPerformance
            : undefined;
      return read === undefined ? [] : [{ what, ...read(profile(profileName), message.text) }];
    });
  });
}

describe('what TL1 lines mean', () => {
  it.each([
    ['tl1-ons15454-loopback', 'ons15454'],
    ['tl1-calix-c7-t0-crs', 'c7'],
    ['tl1-adtran-mx28xx', 'mx28xx'],
    ['tl1-autonomous-interleaved', 'widebank28'],
  ])('is read from %s as its golden says', async (fixture, name) => {
    await expect(asJson(readAll(fixture, name))).toMatchFileSnapshot(
      goldenPath(`${fixture}.meaning`),
    );
  });

  it.each([
    ['widebank28', 'ds1-07', 'DS1-7'],
    ['widebank28', 'DS3-A', undefined],
    ['mx28xx', '101', '101'],
    ['mx28xx', '301', undefined],
    ['ons15454', 'fac-2-01', 'FAC-2-1'],
    ['ons15454', 'SLOT-2', undefined],
    ['c7', 'N5-1-5-2', 'N5-1-5-2'],
    ['generic', 'ntt1-09', 'NTT1-9'],
  ])('names %s %s as %s', (name, aid, wanted) => {
    expect(t1Name(profile(name), aid)).toBe(wanted);
  });

  it('leaves out what is missing and gives back what it does not understand', () => {
    const lines = ['DS1-1:::', 'junk', 'DS1-2::FMT=ESF', 'DS1-3::LINECDE=AMI:OOS-MA,MT'];
    const text = lines.map((line) => ({ kind: 'quoted' as const, text: line }));
    const { values, unparsed } = readFacilities(profile('widebank28'), [
      ...text,
      { kind: 'plain', text: 'IIAC' },
    ]);
    expect(values).toEqual([
      {
        native: 'DS1-1',
        framing: undefined,
        lineCode: undefined,
        clock: undefined,
        admin: 'unknown',
        detail: {},
      },
      {
        native: 'DS1-2',
        framing: 'ESF',
        lineCode: undefined,
        clock: undefined,
        admin: 'unknown',
        detail: {},
      },
      {
        native: 'DS1-3',
        framing: undefined,
        lineCode: 'AMI',
        clock: undefined,
        admin: 'maintenance',
        detail: { state: 'OOS-MA,MT' },
      },
    ]);
    expect(unparsed).toEqual(['junk', 'IIAC']);
  });

  it.each([
    ['IS-NR,', 'up'],
    ['OOS-AU,UEQ', 'up'],
    ['OOS-MA', 'down'],
    ['OOS,MT', 'maintenance'],
    ['OOS-MA,LPBK', 'maintenance'],
    ['XX', 'unknown'],
  ])('takes the state %s for %s', (state, admin) => {
    const text = [{ kind: 'quoted' as const, text: `DS1-1:::${state}` }];
    expect(readFacilities(profile('widebank28'), text).values[0]?.admin).toBe(admin);
  });
});
