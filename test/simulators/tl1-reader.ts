// A second reader of TL1, written apart from the agent's decoder and sharing nothing with it:
// it takes a whole transcript and goes through it with expressions. It reads only what our
// simulated mux may print, and is the check on that.

export interface ReadMessage {
  readonly sid: string;
  /** `M 51 COMPLD`, `** 8 REPT ALM T1` */
  readonly title: string;
  /** Quoted lines with inner quotes as printed. */
  readonly lines: readonly string[];
}

const MESSAGE =
  /\r\n\n {3}(?<sid>\S.*?) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\r\n(?<title>(?:M {2}|\*C |\*\* |\* {2}|A {2}).*?)\r\n(?<body>(?: {3}.*\r\n)*)(?<end>[;>])/g;

/** @throws Error when something in `transcript` is no message and no acknowledgment */
export function readTranscript(transcript: string): readonly ReadMessage[] {
  const messages: (ReadMessage & { readonly open: boolean })[] = [];
  let upTo = 0;
  for (const found of transcript.matchAll(MESSAGE)) {
    leftOver(transcript.slice(upTo, found.index));
    upTo = found.index + found[0].length;
    const { sid = '', title = '', body = '', end } = found.groups ?? {};
    const printed = body.split('\r\n').filter((line) => line !== '');
    const lines = printed.flatMap((line) => /^ {3}"(.*)"$/.exec(line)?.[1] ?? []);
    const name = title.replace(/ +/g, ' ');
    const before = messages.findIndex((message) => message.open && message.title === name);
    const joined = before === -1 ? lines : [...(messages[before]?.lines ?? []), ...lines];
    const message = { sid, title: name, lines: joined, open: end === '>' };
    if (before === -1) messages.push(message);
    else messages[before] = message;
  }
  leftOver(transcript.slice(upTo));
  return messages.map(({ sid, title, lines }) => ({ sid, title, lines }));
}

function leftOver(text: string): void {
  const rest = text.replaceAll(/(?:IP|PF|RL) \w{1,6}\r\n</g, '').trim();
  if (rest !== '') throw new Error(`neither message nor acknowledgment: ${JSON.stringify(rest)}`);
}

/** `DS1-07` → 7 and its state words, framing and line code, from RTRV-T1. */
export function readT1(line: string): {
  readonly span: number;
  readonly lineCode: string;
  readonly framing: string;
  readonly state: string;
} {
  const found = /^DS1-0?(\d+)::(.*):([A-Z]+(?:-[A-Z]+)?),$/.exec(line);
  const values = new URLSearchParams((found?.[2] ?? '').replaceAll(',', '&'));
  return {
    span: Number(found?.[1]),
    lineCode: values.get('LINECDE') ?? '',
    framing: values.get('FMT') ?? '',
    state: found?.[3] ?? '',
  };
}
