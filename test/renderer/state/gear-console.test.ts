import { describe, expect, it } from 'vitest';
import type { LineListener } from '../../../renderer/host/host.ts';
import { createGearConsole } from '../../../renderer/state/gear-console.ts';
import {
  bracketed,
  MAX_PASTE,
  type PasteOutcome,
  readPaste,
  startPacedPaste,
} from '../../../renderer/state/paced-paste.ts';
import { FakeTimers } from '../../support/fake-timers.ts';

const timersOf = (fake: FakeTimers) => ({
  nowMs: () => fake.nowMs(),
  wait: (ms: number, then: () => void) => fake.after(ms, then),
});

function open() {
  const fake = new FakeTimers();
  const opened: { path: string; listener: LineListener; said: unknown[]; isClosed: boolean }[] = [];
  const received: string[] = [];
  let gaps = 0;
  const console = createGearConsole({
    connection: {
      openSocket: (path, listener) => {
        const socket = { path, listener, said: [] as unknown[], isClosed: false };
        opened.push(socket);
        return {
          send: (text) => void socket.said.push(JSON.parse(text)),
          close: () => {
            socket.isClosed = true;
          },
        };
      },
    },
    gearId: 'gw 1',
    timers: timersOf(fake),
    onReceived: (text) => received.push(text),
    onGap: () => (gaps += 1),
  });
  const hear = (message: unknown): void =>
    opened.at(-1)?.listener.onText(typeof message === 'string' ? message : JSON.stringify(message));
  return { console, fake, opened, received, hear, gaps: () => gaps };
}

describe('the console of gear', () => {
  it('watches by itself and types nothing before the line is yours', () => {
    const { console, opened, received, hear } = open();
    const [socket] = opened;
    expect(socket?.path).toBe('/v2/gear/gw%201/console');
    socket?.listener.onOpen();
    hear({ type: 'state', is_open: true, holder: null, is_yours: false });
    hear({ type: 'received', data: 'GW1#' });
    hear({ type: 'sent', data: 'show version\r', by: null });
    for (const junk of ['nonsense', '[]', '{"type":"new"}', 'null']) hear(junk);
    expect([received, console.type('x'), socket?.said]).toEqual([['GW1#'], false, []]);
    console.takeOver();
    hear({ type: 'state', is_open: true, holder: 'ada', is_yours: true });
    expect(console.state.get()).toMatchObject({
      link: 'open',
      holder: 'ada',
      isYours: true,
      driverSent: 'show version',
    });
    // What is no byte is refused as a whole; what is long goes in pieces.
    expect([console.type('caf\u00e9\u20ac'), console.type('a'.repeat(5_000))]).toEqual([
      false,
      true,
    ]);
    console.sendBreak('SEND BREAK');
    console.handBack();
    expect(socket?.said.map((message) => (message as { type: string }).type)).toEqual([
      'take_over',
      'input',
      'input',
      'break',
      'hand_back',
    ]);
  });

  it('says what was refused, forgets who has the line when it is cut, and comes back', () => {
    const { console, fake, opened, hear, gaps } = open();
    opened[0]?.listener.onOpen();
    hear({ type: 'state', is_open: true, holder: 'ada', is_yours: true });
    hear({ type: 'error', code: 'transport.busy', message: 'bob has the line' });
    expect(console.state.get().problem).toBe('bob has the line');
    opened[0]?.listener.onEnd('the agent stopped');
    expect(console.state.get()).toMatchObject({
      link: 'waiting',
      retryAtMs: 1_000,
      isYours: false,
      holder: undefined,
      problem: 'the agent stopped',
    });
    fake.advance(1_000);
    expect(opened).toHaveLength(2);
    opened[1]?.listener.onEnd('');
    fake.advance(1_999);
    expect(opened).toHaveLength(2);
    console.retry();
    opened[2]?.listener.onOpen();
    expect([gaps(), console.state.get().link]).toEqual([1, 'open']);
    // What an old socket says late is nobody's.
    opened[0]?.listener.onText('{"type":"state","is_yours":true}');
    expect(console.state.get().isYours).toBe(false);
    console.stop();
    opened[2]?.listener.onEnd('');
    fake.advance(60_000);
    expect([opened.length, opened[2]?.isClosed]).toEqual([3, true]);
  });
});

describe('a paste', () => {
  it('is lines of bytes, whatever the clipboard holds', () => {
    expect(readPaste('a\r\nb\rc\n')).toEqual({
      lines: ['a', 'b', 'c'],
      isEntered: true,
      dropped: 0,
    });
    expect(readPaste('show \u001b[31mrun\u0003\u20ac')).toEqual({
      lines: ['show [31mrun'],
      isEntered: false,
      dropped: 3,
    });
    expect(readPaste('x'.repeat(MAX_PASTE + 7)).dropped).toBe(7);
    expect(bracketed(readPaste('a\nb\n'))).toBe('\u001b[200~a\rb\r\u001b[201~');
  });

  function paste(text: string) {
    const fake = new FakeTimers();
    const typed: string[] = [];
    const ends: PasteOutcome[] = [];
    let isThere = true;
    const running = startPacedPaste({
      text: readPaste(text),
      timers: timersOf(fake),
      type: (each) => {
        if (isThere) typed.push(each);
        return isThere;
      },
      onProgress: () => undefined,
      onEnd: (outcome) => ends.push(outcome),
    });
    return { fake, typed, ends, running, lose: () => (isThere = false) };
  }

  it('types a line, enters it when its echo is there, and waits until the gear is quiet', () => {
    const { fake, typed, ends, running } = paste('conf t\n\nend');
    expect(typed).toEqual(['conf t']);
    running.hear('conf');
    expect(typed).toEqual(['conf t']);
    running.hear(' \u001b[1Ct\r\n');
    expect(typed).toEqual(['conf t', '\r']);
    fake.advance(100);
    running.hear('Enter configuration commands');
    fake.advance(100);
    expect(typed).toHaveLength(2);
    fake.advance(20);
    // An empty line has no echo to wait for; the last one is not entered, as it was copied.
    expect(typed).toEqual(['conf t', '\r', '\r']);
    fake.advance(120);
    running.hear('end');
    expect([typed.slice(3), ends]).toEqual([['end'], [{ kind: 'done' }]]);
  });

  it('enters nothing without an echo, and stops when it is told to or the line is gone', () => {
    const silent = paste('reload\ny\n');
    silent.fake.advance(3_000);
    silent.running.hear('reload');
    expect([silent.typed, silent.ends]).toEqual([['reload'], [{ kind: 'no-echo', line: 1 }]]);
    const stopped = paste('a\nb\n');
    stopped.running.hear('a');
    stopped.running.stop();
    stopped.fake.advance(10_000);
    expect([stopped.typed, stopped.ends]).toEqual([['a', '\r'], [{ kind: 'stopped', sent: 1 }]]);
    const lost = paste('a\nb\n');
    lost.lose();
    lost.running.hear('a');
    expect(lost.ends).toEqual([{ kind: 'stopped', sent: 0 }]);
  });
});
