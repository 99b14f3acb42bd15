// `/etc/dahdi/system.conf`: what dahdi_cfg was told. Only the spans are read here.

export interface ConfiguredSpan {
  readonly number: number;
  /** 0: gives the timing to the far end; n: takes it from the line, n-th choice. */
  readonly timing: number;
  readonly lineBuildOut: number;
  /** `ESF`, `D4`, `CAS`, `CCS`, as /proc/dahdi spells them. */
  readonly framing: string;
  /** `AMI`, `B8ZS`, `HDB3`. */
  readonly coding: string;
  readonly hasCrc4: boolean;
}

/** Lines that are no span, or one with mistakes, are passed over: dahdi_cfg judges them. */
export function parseSystemConf(text: string): readonly ConfiguredSpan[] {
  const spans: ConfiguredSpan[] = [];
  for (const line of text.split('\n')) {
    const match =
      /^\s*span\s*=\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\w+)\s*,\s*(\w+)((?:\s*,\s*\w+)*)\s*(?:#.*)?$/i.exec(
        line,
      );
    if (match === null) continue;
    spans.push({
      number: Number(match[1]),
      timing: Number(match[2]),
      lineBuildOut: Number(match[3]),
      framing: (match[4] ?? '').toUpperCase(),
      coding: (match[5] ?? '').toUpperCase(),
      hasCrc4: /crc4/i.test(match[6] ?? ''),
    });
  }
  return spans;
}
