// The outputs of the simulated gateway, line for line after recorded ones: show controllers and
// show isdn status from real routers, show trunk group and show voice port summary from Cisco's
// command reference. Only the values move.

import { twoDigits } from './sim-device.ts';

export interface SimController {
  readonly kind: 'T1' | 'E1';
  readonly place: string;
  /** Channels with a call. */
  readonly calls: number[];
  alarm: 'LOS' | 'LOF' | 'AIS' | 'RAI' | undefined;
  slips: number;
  readonly order: 'ascending' | 'descending' | undefined;
}

const ALARM_LINES: Readonly<Record<string, readonly string[]>> = {
  LOS: ['  Transmitter is sending remote alarm.', '  Receiver has loss of signal.'],
  LOF: ['  Transmitter is sending remote alarm.', '  Receiver has loss of frame.'],
  AIS: ['  Transmitter is sending remote alarm.', '  Receiver is getting AIS.'],
  RAI: ['  Receiver has remote alarm.'],
};

/** Time slot of the D-channel as IOS numbers it, from 0. */
const dChannel = ({ kind }: SimController): number => (kind === 'T1' ? 23 : 15);

const interfaceName = (controller: SimController): string =>
  `Serial${controller.place}:${dChannel(controller)}`;

export function versionOutput(hostName: string): readonly string[] {
  return [
    'Cisco IOS Software, simulated gateway (CRAFTPORT-SIM), Version 15.7(3)M',
    '',
    `${hostName} uptime is 1 week, 2 days`,
    '2 Channelized T1/PRI ports',
    '1 Channelized E1/PRI port',
    '',
    'Configuration register is 0x2102',
    '',
  ];
}

export function controllerOutput(controller: SimController): readonly string[] {
  const { kind, place, alarm, slips } = controller;
  const t1 = kind === 'T1';
  const unavailable = alarm === undefined ? 0 : 428;
  const counters = (comma: string): readonly string[] => [
    `     0 Line Code Violations, 0 Path Code Violations${comma}`,
    `     ${slips} Slip Secs, 0 Fr Loss Secs, 0 Line Err Secs, 0 Degraded Mins${comma}`,
    `     0 Errored Secs, 0 Bursty Err Secs, 0 Severely Err Secs, ${unavailable} Unavail Secs`,
  ];
  return [
    `${kind} ${place} is ${alarm === undefined ? 'up' : 'down'}${t1 ? '.' : ''}`,
    `  Applique type is Channelized ${t1 ? 'T1' : 'E1 - balanced'}`,
    ...(t1 ? ['  Cablelength is long gain36 0db'] : []),
    ...(ALARM_LINES[alarm ?? ''] ?? ['  No alarms detected.']),
    '  alarm-trigger is not set',
    ...(t1
      ? [
          '  Soaking time: 3, Clearance time: 10',
          `  AIS State:${alarm === 'AIS' ? 'Failure' : 'Clear'}  LOS State:${alarm === 'LOS' ? 'Failure' : 'Clear'}  LOF State:${alarm === 'LOF' ? 'Failure' : 'Clear'}`,
        ]
      : []),
    `  Framing is ${t1 ? 'ESF' : 'crc4'}, Line Code is ${t1 ? 'B8ZS' : 'HDB3'}, Clock Source is ${place === '0/2/1' ? 'Line' : 'Line Primary'}.`,
    ...(t1
      ? []
      : [
          '  BER thresholds:  SF = 10e-3  SD = 10e-6',
          '  International Bit: 1, National Bits: 11111',
        ]),
    '  Data in current interval (428 seconds elapsed):',
    ...counters(''),
    t1 ? '  Total Data (last 64 15 minute intervals):' : '  Total Data (last 24 hours)',
    ...counters(','),
  ];
}

export function isdnOutput(controllers: readonly SimController[]): readonly string[] {
  return [
    'Global ISDN Switchtype = primary-ni',
    ...controllers.flatMap((controller, dsl) => {
      const { kind, calls, alarm } = controller;
      const up = alarm === undefined;
      return [
        `ISDN ${interfaceName(controller)} interface`,
        `        dsl ${dsl}, interface ISDN Switchtype = ${kind === 'T1' ? 'primary-ni' : 'primary-net5'}`,
        '    Layer 1 Status:',
        `        ${up ? 'ACTIVE' : 'DEACTIVATED'}`,
        '    Layer 2 Status:',
        `        TEI = 0, Ces = 1, SAPI = 0, State = ${up ? 'MULTIPLE_FRAME_ESTABLISHED' : 'TEI_ASSIGNED'}`,
        '    Layer 3 Status:',
        `        ${calls.length} Active Layer 3 Call(s)`,
        ...calls.map(
          (channel) =>
            `        CCB:callid=${(0x97e0 + channel).toString(16).toUpperCase()}, sapi=0, ces=0, B-chan=${channel}, calltype=VOICE`,
        ),
        `    Active dsl ${dsl} CCBs = ${calls.length}`,
        `    The Free Channel Mask:  0x${freeMask(controller)}`,
        '    Number of L2 Discards = 0, L2 Session ID = 10',
      ];
    }),
    `    Total Allocated ISDN CCBs = ${controllers.reduce((sum, { calls }) => sum + calls.length, 0)}`,
  ];
}

function freeMask({ kind, calls, alarm }: SimController): string {
  if (alarm !== undefined) return '00000000';
  let mask = 0x80000000;
  for (let channel = 1; channel <= (kind === 'T1' ? 23 : 31); channel++)
    if (channel !== (kind === 'E1' ? 16 : 24) && !calls.includes(channel))
      mask |= 1 << (channel - 1);
  return (mask >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

export function voicePortOutput(controllers: readonly SimController[]): readonly string[] {
  const rows = controllers.flatMap((controller) =>
    Array.from({ length: controller.kind === 'T1' ? 23 : 31 }, (_, index) => index + 1)
      .filter((channel) => channel !== dChannel(controller) + 1)
      .map((channel) => {
        const operation =
          controller.alarm !== undefined
            ? 'down'
            : controller.calls.includes(channel)
              ? 'up  '
              : 'dorm';
        const port = `${controller.place}:${dChannel(controller)}`.padEnd(15);
        return `${port} ${twoDigits(channel)}  isdn-voice   up    ${operation} none     none     y`;
      }),
  );
  return [
    '                                           IN       OUT',
    'PORT            CH   SIG-TYPE   ADMIN OPER STATUS   STATUS   EC',
    '=============== == ============ ===== ==== ======== ======== ==',
    ...rows,
    '0/3/0           --  fxs-ls       up    dorm on-hook  idle     y',
    '',
    'PWR FAILOVER PORT        PSTN FAILOVER PORT',
    '=================        ==================',
  ];
}

export function trunkGroupOutput(): readonly string[] {
  return [
    'Trunk group: 1',
    '        Description:',
    '        trunk group label: 1',
    '        Hunt Scheme is sequential both up',
    '        Max Calls (Incoming):   NOT-SET (Any)   NOT-SET (Voice) NOT-SET',
    '(Data)',
    '        Retries: 0',
    '        Trunk Se0/2/1:23        Preference DEFAULT',
    '                Member Timeslots : 1-23',
    '                Total channels available : 23',
    '                Data = 0, Voice = 0, Modem = 0, Pending = 0, Free = 23',
    '        Total calls for trunk group: Data = 0, Voice = 0, Modem = 0',
    '                                     Pend = 0, Free = 23',
  ];
}

export function interfaceOutput(
  controllers: readonly SimController[],
  name: string,
): readonly string[] | undefined {
  const controller = controllers.find((one) => interfaceName(one) === name);
  if (controller === undefined) return undefined;
  const lines = [
    '!',
    `interface ${name}`,
    ' no ip address',
    ' encapsulation hdlc',
    ` isdn switch-type ${controller.kind === 'T1' ? 'primary-ni' : 'primary-net5'}`,
    ' isdn incoming-voice voice',
    ...(controller.order === undefined ? [] : [` isdn bchan-number-order ${controller.order}`]),
    ...(controller.place === '0/2/1' ? [' trunk-group 1'] : []),
    ' no cdp enable',
    'end',
    '',
  ];
  const size = lines.join('\n').length;
  return ['Building configuration...', '', `Current configuration : ${size} bytes`, ...lines];
}
