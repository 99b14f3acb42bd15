import { expect, it } from 'vitest';
import { behaviourOf } from '../../../agent/sim/behaviour-words.ts';

it.each([
  ['storm 28', { kind: 'alarm-storm', count: 28 }],
  ['alarm 2 ais', { kind: 'alarm', span: 2, name: 'AIS', raised: true }],
  ['clear 2', { kind: 'alarm', span: 2, name: 'LOS', raised: false }],
  ['slips 3 40', { kind: 'slips', span: 3, count: 40 }],
  ['half-frame', { kind: 'half-frame' }],
  ['silence 0.5', { kind: 'silence', ms: 500 }],
  ['reboot 20', { kind: 'reboot', ms: 20_000 }],
  ['unplug 10', { kind: 'unplug', ms: 10_000 }],
  ['wrong-ctag', { kind: 'wrong-ctag' }],
  ['lost-report', { kind: 'lost-report' }],
  ['late 3', { kind: 'late-answer', ms: 3000 }],
  ['log-lines 5', { kind: 'log-lines', count: 5 }],
  ['type show  c\\r', { kind: 'typist', text: 'show  c\r' }],
])('%s is a behaviour', (words, behaviour) => {
  expect(behaviourOf(words)).toEqual(behaviour);
});

it.each([
  '',
  'dance',
  'storm',
  'storm 0',
  'alarm 1 OOPS',
  'slips 1',
  'silence',
  'silence -1',
  'late x',
  'type',
])('%j is none', (words) => {
  expect(behaviourOf(words)).toBeUndefined();
});
