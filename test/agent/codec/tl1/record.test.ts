import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denialClass, denialCode } from '../../../../agent/codec/tl1/denial.ts';
import { Tl1Decoder } from '../../../../agent/codec/tl1/decoder.ts';
import { parseRecord } from '../../../../agent/codec/tl1/record.ts';
import { receivedBytes } from '../../../support/serial-fixtures.ts';

describe('a TL1 record', () => {
  it('has an AID, positional blocks and named values', () => {
    const record = parseRecord('FAC-2-1::LINECDE=B8ZS,FMT=ESF,LBO=0-131,SOAK=8:IS-NR,');
    expect(record.aid).toBe('FAC-2-1');
    expect(record.blocks).toEqual([
      [''],
      ['LINECDE=B8ZS', 'FMT=ESF', 'LBO=0-131', 'SOAK=8'],
      ['IS-NR', ''],
    ]);
    expect(Object.fromEntries(record.named)).toEqual({
      LINECDE: 'B8ZS',
      FMT: 'ESF',
      LBO: '0-131',
      SOAK: '8',
    });
  });

  it('keeps separators inside strings, and reads their escapes', () => {
    const record = parseRecord(
      'S-1::CTYPE=\\"T1: 28, \\\\ \\",D=\\"x\\":IS,:\\"Loss of Signal\\",ACTIVE',
    );
    expect(record.named.get('CTYPE')).toBe('T1: 28, \\');
    expect(record.blocks.at(-1)).toEqual(['Loss of Signal', 'ACTIVE']);
  });

  it('tells the type behind an AID', () => {
    expect(parseRecord('FAC-2-1,T1:NA,LPBKFACILITY,NSA')).toMatchObject({
      aid: 'FAC-2-1',
      aidType: 'T1',
      blocks: [['NA', 'LPBKFACILITY', 'NSA']],
    });
  });

  it('is read from any text without an exception', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseRecord(text).blocks.length).toBeLessThanOrEqual(text.split(':').length);
      }),
    );
  });
});

describe('a denial', () => {
  it('has its code in each of the four flavours seen', () => {
    const messages = new Tl1Decoder().push(receivedBytes('tl1-deny-flavours'));
    const codes = messages.flatMap((message) =>
      message.kind === 'response' ? [denialCode(message.text)] : [],
    );
    expect(codes).toEqual(['IIAC', 'IDNV', 'ICNV', 'PLNA']);
  });

  it('says whether asking again can help', () => {
    expect(['SARB', 'IIAC', 'PLNA', 'SNVS', undefined].map(denialClass)).toEqual([
      'later',
      'absent',
      'not-signed-in',
      'never',
      'never',
    ]);
  });
});
