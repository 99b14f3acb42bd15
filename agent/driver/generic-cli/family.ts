// Gear with a command line that no driver knows: a technician's profile says how to talk to it
// and what to read. Reads only what the profile lists.

import { CraftportError } from '../../base/error.ts';
import { systemTimers, type Timers } from '../../base/timers.ts';
import type { CliPacing } from '../../session/cli/pacing.ts';
import type { GearDriverContext, GearDriverFamily, GearReading } from '../../span/gear-driver.ts';
import type { SpanReport } from '../../span/span.ts';
import type { OpenPort } from '../../transport/port.ts';
import { CliGearDriver, lastShown, lookAtConsole, type Ask } from '../cli-gear.ts';
import { FRR_PROFILE } from './frr-profile.ts';
import { parseProfile, type CliProfile } from './profile.ts';

export interface GenericCliFamilyOptions {
  readonly timers?: Timers;
  readonly pacing?: Partial<CliPacing>;
  readonly backOffMs?: readonly number[];
}

const SHIPPED: Readonly<Record<string, string>> = { frr: FRR_PROFILE };
const LONGEST_VALUE = 255;

/**
 * Options of the gear record: `profile`, the YAML text of a profile or the name of a shipped one
 * (`frr`); `secret`, the password of the privileged mode.
 */
export function genericCliFamily(
  options: GenericCliFamilyOptions = {},
): GearDriverFamily<OpenPort> {
  const timers = options.timers ?? systemTimers;
  const pacing = options.pacing === undefined ? {} : { pacing: options.pacing };
  return {
    name: 'generic-cli',
    title: 'Command line by a profile',
    schemes: ['serial:', 'tcp:', 'telnet:', 'rfc2217:', 'ssh:'],
    defaultPollS: 300,
    create: (context) => {
      const profile = profileOf(context);
      return new CliGearDriver({
        context,
        platform: profile.platform,
        timers,
        reading: (ask, hostName) => reading(profile, ask, hostName),
        ...pacing,
        ...(options.backOffMs === undefined ? {} : { backOffMs: options.backOffMs }),
      });
    },
    identify: (context, signal) => {
      const profile = profileOf(context);
      const command = profile.identity[0]?.command ?? '';
      const judge = (seen: string, hostName: string | undefined) => {
        const marked = profile.mark?.test(seen) === true;
        return {
          score: marked ? 85 : hostName === undefined ? 0 : 30,
          identity: hostName === undefined ? {} : { host_name: hostName },
          evidence: `${marked ? `it shows the mark of ${profile.platform.title}` : `nothing speaks for ${profile.platform.title}`}: “${lastShown(seen)}”`,
        };
      };
      return lookAtConsole(
        { context, platform: profile.platform, timers, command, judge, ...pacing },
        signal,
      );
    },
  };
}

function profileOf(context: GearDriverContext<OpenPort>): CliProfile {
  const text = context.options['profile'];
  if (typeof text !== 'string' || text === '')
    throw new CraftportError('config.invalid', 'The generic-cli driver wants a profile');
  return parseProfile(Object.hasOwn(SHIPPED, text) ? (SHIPPED[text] ?? text) : text);
}

async function reading(
  profile: CliProfile,
  ask: Ask,
  hostName: string | undefined,
): Promise<GearReading> {
  const outputs = new Map<string, readonly string[]>();
  const outputOf = async (command: string): Promise<readonly string[]> => {
    const known = outputs.get(command) ?? (await ask(command)) ?? [];
    outputs.set(command, known);
    return known;
  };
  const identity: Record<string, string> = hostName === undefined ? {} : { host_name: hostName };
  for (const { command, name, pattern } of profile.identity) {
    const found = firstMatch(pattern, await outputOf(command));
    const value = found?.[1] ?? found?.[0];
    if (value !== undefined) identity[name] = value.slice(0, LONGEST_VALUE);
  }
  const spans = profile.spans;
  const rows = spans === undefined ? [] : await outputOf(spans.command);
  return {
    identity,
    spans: rows.flatMap((line) => spanOf(profile, spans?.row.exec(line.slice(0, LONGEST_VALUE)))),
    alarms: [],
    findings: [],
  };
}

function firstMatch(pattern: RegExp, lines: readonly string[]): RegExpExecArray | undefined {
  for (const line of lines) {
    const found = pattern.exec(line.slice(0, LONGEST_VALUE));
    if (found !== null) return found;
  }
  return undefined;
}

function spanOf(
  profile: CliProfile,
  found: RegExpExecArray | null | undefined,
): readonly SpanReport[] {
  const values: Partial<Record<string, string>> = found?.groups ?? {};
  const { native } = values;
  if (native === undefined || native === '') return [];
  const kind = profile.spans?.kind ?? 'unknown';
  const known = Object.entries(values).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return [
    {
      native,
      name: native,
      kind,
      slots: kind === 'E1' ? 31 : kind === 'T1' ? 24 : 0,
      dChannel: undefined,
      framing: values['framing'],
      lineCode: values['line_code'],
      clock: values['clock'],
      admin: 'unknown',
      signalling: 'unknown',
      running: 'unknown',
      status: undefined,
      order: { kind: 'unknown' },
      capabilities: [],
      detail: Object.fromEntries(known.filter(([name]) => name !== 'native')),
      caveats: ['Read by a technician’s profile; what it does not name is unknown.'],
      channels: [],
    },
  ];
}
