// Cisco IOS voice gateways: which commands a reading takes, and how such a gateway is recognised.

import { systemTimers, type Timers } from '../../base/timers.ts';
import type { CliPacing } from '../../session/cli/pacing.ts';
import type {
  GearDriverContext,
  GearDriverFamily,
  GearFinding,
  GearIdentification,
  GearReading,
} from '../../span/gear-driver.ts';
import type { PerformanceInterval, PerformanceSource } from '../../span/performance.ts';
import type { OpenPort } from '../../transport/port.ts';
import { CliGearDriver, lastShown, lookAtConsole, type Ask } from '../cli-gear.ts';
import type { Parsed } from '../parsed.ts';
import { readControllers, type Controller } from './controllers.ts';
import { readIsdnStatus } from './isdn-status.ts';
import { IOS_PLATFORM } from './platform.ts';
import { alarmsOf, spansOf, type IosView } from './spans.ts';
import {
  readInterfaceConfiguration,
  readTrunkGroups,
  readVoiceCalls,
  readVoicePorts,
  type InterfaceConfiguration,
} from './voice.ts';

/** Log lines that mean another state of a line, a D-channel or the configuration. */
const CHANGES =
  /%(?:CONTROLLER|LINK|LINEPROTO|ISDN|CONFIG|SYS)-[0-7]-(?:UPDOWN|LAYER2UP|LAYER2DOWN|CONFIG_I|RESTART|CHANGED)/;

export interface IosFamilyOptions {
  readonly timers?: Timers;
  readonly pacing?: Partial<CliPacing>;
  readonly backOffMs?: readonly number[];
}

export class IosDriver extends CliGearDriver implements PerformanceSource {
  /** Counters of the running interval and of the day's sum, of every controller. */
  async performance(signal: AbortSignal): Promise<readonly PerformanceInterval[]> {
    const controllers = await this.within(
      signal,
      (ask) => controllersOf(ask, []),
      () => {},
    );
    return controllers.flatMap(({ intervals }) => intervals);
  }
}

export interface IosFamily extends GearDriverFamily<OpenPort> {
  create(context: GearDriverContext<OpenPort>): IosDriver;
}

/** Options of the gear record: `secret`, the password of the privileged mode. */
export function iosFamily(options: IosFamilyOptions = {}): IosFamily {
  const timers = options.timers ?? systemTimers;
  const pacing = options.pacing === undefined ? {} : { pacing: options.pacing };
  return {
    name: 'ios',
    title: 'Cisco IOS voice gateway',
    schemes: ['serial:', 'tcp:', 'telnet:', 'rfc2217:', 'ssh:'],
    defaultPollS: 60,
    create: (context) =>
      new IosDriver({
        context,
        platform: IOS_PLATFORM,
        timers,
        reading,
        changes: CHANGES,
        ...pacing,
        ...(options.backOffMs === undefined ? {} : { backOffMs: options.backOffMs }),
      }),
    identify: (context, signal) =>
      lookAtConsole(
        { context, platform: IOS_PLATFORM, timers, command: 'show version', judge, ...pacing },
        signal,
      ),
  };
}

async function reading(ask: Ask, hostName: string | undefined): Promise<GearReading> {
  const findings: GearFinding[] = [];
  const version = (await ask('show version', 'optional'))?.find((line) => line.trim() !== '');
  const controllers = await controllersOf(ask, findings);
  const isdn = keep(
    'show isdn status',
    readIsdnStatus((await ask('show isdn status')) ?? []),
    findings,
  );
  const voicePorts = keep(
    'show voice port summary',
    readVoicePorts((await ask('show voice port summary', 'optional')) ?? []),
    findings,
  );
  const trunkGroups = keep(
    'show trunk group',
    readTrunkGroups((await ask('show trunk group', 'optional')) ?? []),
    findings,
  );
  const configurations = new Map<string, InterfaceConfiguration>();
  for (const { name } of isdn) {
    const lines = await ask(`show running-config interface ${name}`);
    const configuration = lines === undefined ? undefined : readInterfaceConfiguration(lines);
    if (configuration !== undefined) configurations.set(name, configuration);
  }
  // ISDN tells its own calls; those of channel-associated signalling are told here alone.
  const tellsAll = controllers.every(({ place }) => isdn.some((one) => one.place === place));
  const calls = tellsAll
    ? []
    : keep(
        'show voice call summary',
        readVoiceCalls((await ask('show voice call summary', 'optional')) ?? []),
        findings,
      );
  const view: IosView = { controllers, isdn, voicePorts, calls, trunkGroups, configurations };
  return {
    identity: {
      ...(hostName === undefined ? {} : { host_name: hostName }),
      ...(version === undefined ? {} : { version: version.trim().slice(0, 200) }),
    },
    spans: spansOf(view),
    alarms: alarmsOf(view),
    findings,
    performance: controllers.flatMap(({ intervals }) => intervals),
  };
}

async function controllersOf(ask: Ask, findings: GearFinding[]): Promise<readonly Controller[]> {
  const all: Controller[] = [];
  for (const kind of ['t1', 'e1']) {
    const command = `show controllers ${kind}`;
    const lines = await ask(command, 'optional');
    if (lines !== undefined) all.push(...keep(command, readControllers(lines), findings));
  }
  if (all.length === 0)
    findings.push({
      code: 'gear.no-spans',
      span: undefined,
      message: 'The gateway shows neither T1 nor E1 controllers.',
    });
  return all;
}

function keep<T>(command: string, parsed: Parsed<T>, findings: GearFinding[]): readonly T[] {
  const [first] = parsed.unparsed;
  if (first !== undefined)
    findings.push({
      code: 'gear.not-understood',
      span: undefined,
      message: `${parsed.unparsed.length} lines of “${command}”, such as “${first.trim()}”`,
    });
  return parsed.values;
}

function judge(seen: string, hostName: string | undefined): GearIdentification {
  const marks: readonly (readonly [RegExp, number, string])[] = [
    [/Cisco (?:IOS|Internetwork)|IOS-XE|IOS \(tm\)/i, 95, 'it names itself Cisco IOS'],
    [/FRRouting|Quagga|zebra/i, 15, 'it names itself FRRouting: the generic-cli driver fits'],
    [/con\d is now available|Press RETURN to get started/i, 75, 'it shows the idle console of IOS'],
    [/^\s*M {1,2}\S{1,6} (?:COMPLD|DENY)/m, 0, 'it answers in TL1'],
    [/User Access Verification/i, 60, 'it asks for a login as IOS does'],
    [/[\w.-]+[>#]\s*$/, 40, 'it shows a prompt like that of IOS'],
  ];
  const mark = marks.find(([pattern]) => pattern.test(seen));
  return {
    score: mark?.[1] ?? 0,
    identity: hostName === undefined ? {} : { host_name: hostName },
    evidence: `${mark?.[2] ?? 'it shows nothing that IOS would'}: “${lastShown(seen)}”`,
  };
}
