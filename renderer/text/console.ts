// Words of the live console of gear.

export const consoleWords = {
  title: 'Console',
  screen: 'Console of the gear',
  takeOver: 'Take over',
  takeOverHelp: 'Nothing can be typed until the line is taken over; the driver then waits.',
  handBack: 'Hand back',
  break: 'Send BREAK',
  breakHelp:
    'On many devices a BREAK at the console stops everything, calls included, and leads into a boot monitor.',
  breakType: (what: string) => `Type ${what}`,
  driver: 'The driver has the line; this is a view of it.',
  yours: 'Your line. Automation is suspended until it is handed back.',
  others: (name: string) => `${name} has the line and may be typing. Automation is suspended.`,
  closed: 'The line to the gear is not open.',
  away: (seconds: number) =>
    `No console: the agent does not answer, or this gear has none. Next attempt in ${String(seconds)} s`,
  live: 'what follows is live',
  gap: 'connected again; what passed meanwhile is not shown',
  notSent: 'Not sent: the line takes single bytes only, and only from who has it.',
  copy: 'Copy',
  search: 'Find in the console',
  found: (index: number, count: number) =>
    count === 0 ? 'not found' : `${String(index)} of ${String(count)}, newest first`,
  hint: 'Ctrl-Shift-F finds, Ctrl-Shift-C copies what is selected.',
  hintTyping: 'F6 leaves the terminal, Ctrl-Shift-F finds, Ctrl-Shift-C copies.',
  driverSent: 'Last sent by the driver:',
  pasteTitle: (lines: number) =>
    lines === 1 ? 'Paste one line?' : `Paste ${String(lines)} lines?`,
  pasteHelp:
    'Each line is typed, seen in the echo and only then entered. Without an echo the rest is not sent.',
  pasteOpen: 'The last line is typed and not entered.',
  pasteDropped: (count: number) =>
    `Left out, as the line does not take it: ${String(count)} ${count === 1 ? 'character' : 'characters'}.`,
  pasteSend: 'Type these lines',
  pasting: (sent: number, total: number) =>
    `Pasting: ${String(sent)} of ${String(total)} lines entered`,
  stopPaste: 'Stop',
  pasteStopped: (sent: number, total: number) =>
    `Stopped: ${String(sent)} of ${String(total)} lines were entered.`,
  noEcho: (line: number, total: number) =>
    `No echo of line ${String(line)} of ${String(total)}: it was typed and not entered, the rest was not sent.`,
} as const;
