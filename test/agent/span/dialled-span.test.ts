import { describe, expect, it } from 'vitest';
import { spansDialledAs } from '../../../agent/span/dialled-span.ts';

const spans = [
  { native: 'e1net', name: 'e1net', detail: { span_id: '1', groups: 'city' } },
  { native: 't1', name: 't1', detail: { span_id: '2', groups: 'city, t1' } },
  { native: '7', name: '7', detail: { span_id: '3', groups: '' } },
];
const dialled = (text: string): readonly string[] =>
  spansDialledAs(text, spans).map(({ native }) => native);

describe('the span of a FreeTDM dial string', () => {
  it('is an id when it is all digits, and never a name of digits', () => {
    expect(dialled('1')).toEqual(['e1net']);
    expect(dialled('03')).toEqual(['7']);
    expect(dialled('7')).toEqual([]);
  });

  it('is a name before it is a group', () => {
    expect(dialled('t1')).toEqual(['t1']);
    expect(dialled('city')).toEqual(['e1net', 't1']);
    expect(dialled('E1NET')).toEqual([]);
  });
});
