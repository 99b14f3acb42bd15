// The entry of the driver table: how TL1 gear is made and recognised.

import { CraftportError, isCode } from '../../base/error.ts';
import { systemTimers, type Timers } from '../../base/timers.ts';
import type { Tl1Pacing } from '../../session/tl1/session.ts';
import { Tl1Session } from '../../session/tl1/session.ts';
import { CtagSource } from '../../session/tl1/tags.ts';
import type {
  GearDriverContext,
  GearDriverFamily,
  GearIdentification,
} from '../../span/gear-driver.ts';
import type { OpenPort } from '../../transport/port.ts';
import { withDeadline } from '../../base/deadline.ts';
import { Tl1Driver } from './driver.ts';
import { TL1_PROFILES, type Tl1Profile } from './profile.ts';

const LOOK_MS = 20_000;

export interface Tl1FamilyOptions {
  readonly timers?: Timers;
  readonly pacing?: Partial<Tl1Pacing>;
  readonly backOffMs?: readonly number[];
}

export interface Tl1Family extends GearDriverFamily<OpenPort> {
  create(context: GearDriverContext<OpenPort>): Tl1Driver;
}

/** Options of the gear record: `profile` (one of TL1_PROFILES) and `tid`. */
export function tl1Family(options: Tl1FamilyOptions = {}): Tl1Family {
  const timers = options.timers ?? systemTimers;
  return {
    name: 'tl1',
    title: 'TL1 network element',
    schemes: ['serial:', 'tcp:', 'telnet:', 'rfc2217:', 'ssh:'],
    defaultPollS: 300,
    create: (context) => {
      const profile = profileOf(context);
      return new Tl1Driver({
        context,
        profile,
        tid: textOption(context, 'tid') ?? profile.defaultTid,
        timers,
        ...(options.pacing === undefined ? {} : { pacing: options.pacing }),
        ...(options.backOffMs === undefined ? {} : { backOffMs: options.backOffMs }),
      });
    },
    identify: (context, signal) =>
      withDeadline(timers, LOOK_MS, 'a look at the gear', signal, (limited) =>
        identify(context, timers, Math.min(5000, options.pacing?.replyMs ?? 5000), limited),
      ),
  };
}

function profileOf(context: GearDriverContext<OpenPort>): Tl1Profile {
  const name = textOption(context, 'profile') ?? 'generic';
  const profile = Object.hasOwn(TL1_PROFILES, name) ? TL1_PROFILES[name] : undefined;
  if (profile === undefined)
    throw new CraftportError(
      'config.invalid',
      `There is no TL1 profile ${name}; there are ${Object.keys(TL1_PROFILES).join(', ')}`,
    );
  return profile;
}

function textOption(context: GearDriverContext<OpenPort>, name: string): string | undefined {
  const value = context.options[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Asks for the header without a login: any answer in the layout of GR-831 is TL1, a denial too.
 * A CAN clears the line afterwards, so that another dialect's prompt is left as it was.
 */
async function identify(
  context: GearDriverContext<OpenPort>,
  timers: Timers,
  replyMs: number,
  signal: AbortSignal,
): Promise<GearIdentification> {
  const port = await context.openPort(signal);
  let seen = '';
  let tl1 = false;
  const session = new Tl1Session({
    port,
    ctags: new CtagSource(context.clock.nowMs()),
    timers,
    pacing: { replyMs, keepAliveMs: 0, laterMs: [] },
    observer: {
      autonomous: () => (tl1 = true),
      gap: () => {},
      frame: (direction, text) => {
        if (direction === 'received') seen = (seen + text).slice(-2000);
      },
    },
  });
  let sid: string | undefined;
  try {
    for (const code of ['RTRV-HDR', 'RTRV-NETYPE', 'RTRV-EQPT']) {
      const aid = code === 'RTRV-EQPT' ? { aid: 'ALL' } : {};
      try {
        sid = (await session.send({ code, ...aid }, signal)).sid;
        tl1 = true;
      } catch (error) {
        // A denial or an acknowledgment is TL1 as well; silence after the first is the end.
        if (isCode(error, 'driver.denied', 'driver.unexpected-reply')) tl1 = true;
        else if (isCode(error, 'driver.timeout')) break;
        else throw error;
      }
    }
    seen += session.pending;
    await port.send(Uint8Array.of(0x18)).catch(() => {});
  } finally {
    await session.close();
  }
  if (!tl1) return otherDialect(seen);
  const [best] = Object.values(TL1_PROFILES)
    .map((profile) => ({ profile, score: scoreOf(profile, `${sid ?? ''}\n${seen}`) }))
    .sort((a, b) => b.score - a.score);
  const profile = best !== undefined && best.score > 0 ? best.profile.name : 'generic';
  return {
    score: 90 + (best?.score ?? 0),
    identity: { profile, ...(sid === undefined ? {} : { sid }) },
    evidence: `It answers RTRV-HDR in the layout of GR-831${sid === undefined ? '' : ` as ${sid}`}`,
  };
}

function scoreOf(profile: Tl1Profile, text: string): number {
  return Math.max(
    0,
    ...profile.marks.map(({ pattern, score }) => (pattern.test(text) ? score : 0)),
  );
}

function otherDialect(seen: string): GearIdentification {
  const last = seen.trim().split('\n').at(-1)?.trim() ?? '';
  if (last === '')
    throw new CraftportError('driver.timeout', 'Nothing came back: wrong port, baud or cable');
  const cli =
    /[>#]\s*$/.test(last) || /assword:|sername:|login:|% ?(?:Invalid|Unknown)/i.test(seen);
  return {
    score: cli ? 0 : 5,
    identity: {},
    evidence: cli
      ? `It looks like a command line, not TL1: “${last.slice(0, 80)}”`
      : `It answers, but not in TL1: “${last.slice(0, 80)}”`,
  };
}
