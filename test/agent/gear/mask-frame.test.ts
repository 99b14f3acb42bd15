import { describe, expect, it } from 'vitest';
import { maskFrame } from '../../../agent/gear/mask-frame.ts';
import { Transcript } from '../../../agent/gear/transcript.ts';

describe('a frame of a conversation', () => {
  it.each([
    ['auth ClueCon', 'auth ********'],
    ['userauth 1000@host:pass:word', 'userauth 1000@host:********'],
    ['ACT-USER::CRAFT:7::hush;', 'ACT-USER::CRAFT:7::********;'],
    ['ED-PID:NODE:CRAFT:9::old,new;', 'ED-PID:NODE:CRAFT:9::********;'],
    ['enable secret 5 $1$x', 'enable secret 5 ********'],
    ['username bob password 7 0123', 'username bob password 7 ********'],
    ['snmp-server community public RO', 'snmp-server community ******** RO'],
    ['key 7 0822455D0A16', 'key 7 ********'],
    ['{"password":"x y"}', '{"password":"******** y"}'],
    ['variable_token=abc&next=1', 'variable_token=abc&next=1'],
    ['Content-Type: auth/request', 'Content-Type: auth/request'],
    ['RTRV-ALM-ALL:::12;', 'RTRV-ALM-ALL:::12;'],
  ])('%s', (text, shown) => {
    expect(maskFrame(text, [])).toBe(shown);
  });

  it('shows no secret of the record, also where one is part of another', () => {
    expect(maskFrame('<pass> <passport>', ['pass', 'passport'])).toBe('<********> <********>');
  });

  it('is cut after it was masked, and takes its place in a bounded ring', () => {
    const transcript = new Transcript();
    transcript.setSecrets(['hush-hush']);
    transcript.add('received', `${'x'.repeat(65_532)}hush-hush${'y'.repeat(100)}`, '', 0);
    expect(transcript.frames[0]?.text).not.toContain('hush');
    for (let index = 0; index < 200; index += 1)
      transcript.add('received', 'z'.repeat(60_000), '', 0);
    const characters = transcript.frames.reduce((sum, { text }) => sum + text.length, 0);
    expect(characters).toBeLessThanOrEqual(1_000_000);
    expect(transcript.frames.at(-1)?.sequence).toBe(201);
  });
});
