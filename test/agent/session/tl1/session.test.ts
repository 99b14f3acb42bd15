import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isCode } from '../../../../agent/base/error.ts';
import type { SimDevice, SimPeer } from '../../../../agent/sim/sim-device.ts';
import { Tl1Session, type Tl1Pacing } from '../../../../agent/session/tl1/session.ts';
import { AtagSequence, CtagSource } from '../../../../agent/session/tl1/tags.ts';
import { FakeTimers } from '../../../support/fake-timers.ts';
import { cableTo } from '../../../support/sim-port.ts';

const HEADER = '\r\n\n   SITE01 04-07-14 12:00:00\r\n';
const completed = (ctag: string, lines = ''): string => `${HEADER}M  ${ctag} COMPLD\r\n${lines};`;

/** An element that only does what the test says. */
class Scripted implements SimDevice {
  readonly name = 'scripted';
  readonly commands: string[] = [];
  peer: SimPeer | undefined;
  answer: (command: string, ctag: string) => string | undefined = (_, ctag) => completed(ctag);

  connect(peer: SimPeer): { receive(bytes: Uint8Array): void; disconnect(): void } {
    this.peer = peer;
    let input = '';
    return {
      receive: (bytes) => {
        input += Buffer.from(bytes).toString('latin1');
        for (let end = input.indexOf(';'); end !== -1; end = input.indexOf(';')) {
          const command = input.slice(0, end);
          input = input.slice(end + 1);
          this.commands.push(command);
          const answer = this.answer(command, command.split(':')[3] ?? '0');
          if (answer !== undefined) this.say(answer);
        }
      },
      disconnect: () => (this.peer = undefined),
    };
  }

  say(text: string): void {
    this.peer?.send(Uint8Array.from(Buffer.from(text, 'latin1')));
  }

  behave(): void {}
}

async function converse(pacing: Partial<Tl1Pacing> = {}): Promise<{
  element: Scripted;
  timers: FakeTimers;
  session: Tl1Session;
  cable: ReturnType<typeof cableTo>;
  told: string[];
  frames: string[];
}> {
  const element = new Scripted();
  const timers = new FakeTimers();
  const cable = cableTo(element);
  const told: string[] = [];
  const frames: string[] = [];
  const session = new Tl1Session({
    port: await cable.open(new AbortController().signal),
    ctags: new CtagSource(0),
    timers,
    observer: {
      autonomous: (message) => told.push(`${message.verb} ${message.atag}`),
      gap: ({ expected, got }) => told.push(`gap ${expected} ${got}`),
      frame: (direction, text) => frames.push(`${direction} ${text}`),
    },
    pacing: { keepAliveMs: 0, ...pacing },
  });
  return { element, timers, session, cable, told, frames };
}

/** Lets everything that is ready happen. */
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) await turn();
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    return await promise;
  } catch (error) {
    return isCode(error) ? error.code : error;
  }
};

describe('a TL1 session', () => {
  it('clears the line first, then sends one command at a time, each with a tag of its own', async () => {
    const { element, session, cable } = await converse();
    element.answer = () => undefined;
    const first = session.send({ code: 'RTRV-HDR' });
    const second = session.send({ code: 'RTRV-T1', aid: 'ALL' });
    await settle();
    expect(cable.sent).toEqual(['\u0018RTRV-HDR:::1;']);
    element.say(completed('1'));
    await first;
    await settle();
    expect(cable.sent).toEqual(['\u0018RTRV-HDR:::1;RTRV-T1::ALL:2;']);
    element.say(completed('2', '   "DS1-1::FMT=ESF:IS"\r\n'));
    expect(await second).toMatchObject({ ctag: '2', text: [{ text: 'DS1-1::FMT=ESF:IS' }] });
  });

  it('is not answered by another tag, by tag 0 or by what was given up before', async () => {
    const { element, timers, session } = await converse();
    element.answer = () => undefined;
    const late = codeOf(session.send({ code: 'RTRV-T1' }));
    await settle();
    timers.advance(15_000);
    expect(await late).toBe('driver.timeout');
    const next = session.send({ code: 'RTRV-HDR' });
    await settle();
    element.say(completed('1') + completed('0') + completed('99'));
    await settle();
    expect(element.commands).toEqual(['\u0018RTRV-T1:::1', '\u0018RTRV-HDR:::2']);
    element.say(completed('2'));
    expect(await next).toMatchObject({ ctag: '2' });
  });

  it('waits on while bytes come or the element says it works, but not for ever', async () => {
    const { element, timers, session } = await converse();
    element.answer = () => undefined;
    const outcome = codeOf(session.send({ code: 'RTRV-PM-T1' }));
    await settle();
    for (let elapsedS = 14; elapsedS < 300; elapsedS += 14) {
      timers.advance(14_000);
      element.say(elapsedS % 28 === 0 ? 'IP 1\r\n<' : '   ');
      await settle();
    }
    timers.advance(14_000);
    expect(await outcome).toBe('driver.timeout');
    expect(element.commands).toHaveLength(1);
  });

  it('waits for the result of a delayed command', async () => {
    const { element, timers, session } = await converse();
    element.answer = (_, ctag) => `${HEADER}M  ${ctag} DELAY\r\n   3\r\n;`;
    const reply = session.send({ code: 'RTRV-PM-T1' });
    await settle();
    timers.advance(100_000);
    await settle();
    element.say(`${HEADER}M  1 RTRV\r\n   "x"\r\n;`);
    expect(await reply).toMatchObject({ completion: 'RTRV' });
  });

  it('asks a busy element again with growing pauses, three times at most', async () => {
    const { element, timers, session } = await converse();
    const denial = (ctag: string): string => `${HEADER}M  ${ctag} DENY\r\n   SARB\r\n;`;
    element.answer = (_, ctag) => (ctag === '2' ? denial(ctag) : `RL ${ctag}\r\n<`);
    const outcome = codeOf(session.send({ code: 'RTRV-T1' }));
    for (const [sent, pauseMs] of [
      [1, 2000],
      [2, 5000],
      [3, 10_000],
    ] as const) {
      await settle();
      expect(element.commands).toHaveLength(sent);
      timers.advance(pauseMs);
    }
    expect(await outcome).toBe('driver.denied');
    expect(element.commands).toHaveLength(4);
  });

  it.each([
    ['NA 1\r\n<', 'driver.unexpected-reply'],
    ['NG 1\r\n<', 'driver.denied'],
    [`${HEADER}M  1 DENY\r\n   IIAC\r\n;`, 'driver.denied'],
    [`${HEADER}M  1 STRANGE\r\n;`, 'driver.unexpected-reply'],
  ])('ends with %j as %s and sends nothing again', async (answer, code) => {
    const { element, timers, session } = await converse();
    element.answer = () => answer;
    expect(await codeOf(session.send({ code: 'RTRV-T1' }))).toBe(code);
    timers.advance(600_000);
    await settle();
    expect(element.commands).toHaveLength(1);
  });

  it('tells of reports and of those that were lost, wherever they come', async () => {
    const { element, session, told } = await converse();
    const report = (atag: string): string =>
      `${HEADER}** ${atag} REPT ALM T1\r\n   "DS1-1:MJ,LOS,SA"\r\n;`;
    element.answer = (_, ctag) =>
      `IP ${ctag}\r\n<${report('7')}${report('8')}${completed(ctag)}${report('10')}`;
    await session.send({ code: 'RTRV-T1' });
    await settle();
    expect(told).toEqual(['REPT ALM T1 7', 'REPT ALM T1 8', 'gap 9 10', 'REPT ALM T1 10']);
  });

  it('takes one refusal of a login for an answer, and shows no password', async () => {
    const { element, timers, session, frames } = await converse();
    // An element that echoes, and repeats the command in its comment.
    element.answer = (command, ctag) =>
      `${command};${HEADER}M  ${ctag} DENY\r\n   /* ${command} */\r\n   PIUI\r\n   /* hunter2 */\r\n;`;
    expect(await codeOf(session.login('craft', 'hunter2'))).toBe('driver.login-refused');
    timers.advance(600_000);
    await settle();
    expect(element.commands).toEqual(['\u0018ACT-USER::craft:1::hunter2']);
    expect(frames.join('\n')).not.toContain('hunter2');
    expect(frames.join('\n')).toContain('ACT-USER::craft:1:********');
  });

  it('signs out before it closes, and closes an element that does not answer all the same', async () => {
    const { element, timers, session } = await converse();
    await session.login('craft', 'pw');
    element.answer = () => undefined;
    const closed = session.close();
    await settle();
    expect(element.commands.at(-1)).toBe('CANC-USER::craft:2');
    timers.advance(2000);
    await closed;
    await session.close();
    expect(element.peer).toBeUndefined();
    expect((await session.ended).code).toBe('driver.not-connected');
  });

  it('fails what waits and what is queued when the cable is pulled, and sends none of it', async () => {
    const { element, timers, session } = await converse();
    element.answer = () => undefined;
    const outcomes = ['RTRV-HDR', 'RTRV-T1'].map((code) => codeOf(session.send({ code })));
    await settle();
    element.peer?.drop();
    expect(await Promise.all(outcomes)).toEqual(['transport.lost', 'transport.lost']);
    expect((await session.ended).code).toBe('transport.lost');
    timers.advance(600_000);
    await settle();
    expect(element.commands).toEqual(['\u0018RTRV-HDR:::1']);
  });

  it('finds a dead line by asking for the header when idle', async () => {
    const { element, timers, session } = await converse({ keepAliveMs: 45_000 });
    await session.send({ code: 'RTRV-T1' });
    timers.advance(45_000);
    await settle();
    expect(element.commands.at(-1)).toBe('RTRV-HDR:::2');
    element.answer = () => undefined;
    timers.advance(45_000);
    await settle();
    timers.advance(15_000);
    expect((await session.ended).code).toBe('transport.lost');
  });

  it('keeps the pause an element needs between two commands', async () => {
    const { element, timers, session } = await converse({ gapMs: 100 });
    await session.send({ code: 'RTRV-HDR' });
    const second = session.send({ code: 'RTRV-HDR' });
    await settle();
    expect(element.commands).toHaveLength(1);
    timers.advance(100);
    await second;
    expect(element.commands).toHaveLength(2);
  });

  it('reads on after junk and half a message', async () => {
    const { element, timers, session } = await converse();
    element.answer = (_, ctag) => `\u00ff\u0000"/*${HEADER}M  ${ctag} COM`;
    const broken = codeOf(session.send({ code: 'RTRV-T1' }));
    await settle();
    timers.advance(15_000);
    expect(await broken).toBe('driver.timeout');
    element.answer = (_, ctag) => completed(ctag);
    expect(await session.send({ code: 'RTRV-T1' })).toMatchObject({ completion: 'COMPLD' });
    expect(element.commands.at(-1)).toBe('\u0018RTRV-T1:::2');
  });

  it('stops waiting when its caller does', async () => {
    const { element, session } = await converse();
    element.answer = () => undefined;
    const stop = new AbortController();
    const outcome = codeOf(session.send({ code: 'RTRV-T1' }, stop.signal));
    await settle();
    stop.abort(new Error('enough'));
    expect(await outcome).toEqual(new Error('enough'));
    element.answer = (_, ctag) => completed(ctag);
    expect(await session.send({ code: 'RTRV-HDR' })).toMatchObject({ ctag: '2' });
  });
});

describe('the tags of TL1', () => {
  it('count up to six digits and never take zero', () => {
    const ctags = new CtagSource(899_998);
    expect(ctags.take()).toBe('899999');
    const high = new CtagSource(1_764_000_000_000);
    for (let round = 0; round < 1000; round++) expect(high.take()).toMatch(/^[1-9]\d{0,5}$/);
  });

  it.each([
    [['7', '8', '9'], []],
    [['7', '9'], ['8→9']],
    [['7', '7', '8'], []],
    [['9999', '0000', '0001'], []],
    [['0099', '0001'], []],
    [['12', '1'], ['13→1']],
    [['7.3', '8.3', '10.8'], ['9→10.8']],
    [['x7', 'y9', ''], []],
  ])('of reports %j show the gaps %j', (atags, gaps) => {
    const sequence = new AtagSequence();
    const found = atags.flatMap((atag) => sequence.take(atag) ?? []);
    expect(found.map(({ expected, got }) => `${expected}→${got}`)).toEqual(gaps);
  });
});
