// What a TL1 network element says, decoded. Layouts: Telcordia GR-831 (language) and GR-833
// (surveillance), as the manuals of Carrier Access, Adtran, Cisco, Paradyne and Symmetricom
// print them.

/** GR-831 completion codes. `RTRV` carries the result of a command that was answered DELAY. */
export type Tl1Completion = 'COMPLD' | 'DENY' | 'PRTL' | 'DELAY' | 'RTRV';

/** GR-831 acknowledgments: sent when the response takes longer than two seconds. */
export type Tl1AcknowledgmentCode = 'IP' | 'PF' | 'OK' | 'NA' | 'NG' | 'RL';

/** One line of a text block: inside its quotes, or unquoted, or a free comment. */
export interface Tl1TextLine {
  readonly kind: 'quoted' | 'plain' | 'comment';
  readonly text: string;
}

export interface Tl1Header {
  readonly sid: string;
  /** `YY-MM-DD` or `YYYY-MM-DD`, as sent. The gear's clock has no zone. */
  readonly date: string;
  readonly time: string;
}

export interface Tl1Response extends Tl1Header {
  readonly kind: 'response';
  readonly ctag: string;
  /** undefined for a word that is no completion code; `completionText` has it. */
  readonly completion: Tl1Completion | undefined;
  readonly completionText: string;
  readonly text: readonly Tl1TextLine[];
  /** Blocks joined by `>`. */
  readonly blocks: number;
  readonly raw: string;
}

export type Tl1AlarmCode = 'critical' | 'major' | 'minor' | 'none';

export interface Tl1Autonomous extends Tl1Header {
  readonly kind: 'autonomous';
  readonly alarmCode: Tl1AlarmCode;
  readonly atag: string;
  /** `REPT ALM T1`, `REPT EVT T1`, `REPT PM T1`, `CANC`, … */
  readonly verb: string;
  readonly text: readonly Tl1TextLine[];
  readonly blocks: number;
  readonly raw: string;
}

export interface Tl1Acknowledgment {
  readonly kind: 'acknowledgment';
  readonly code: Tl1AcknowledgmentCode;
  readonly ctag: string;
  readonly raw: string;
}

/** What is none of the above: echoes, banners, prompts of another dialect, junk. */
export interface Tl1Noise {
  readonly kind: 'noise';
  readonly raw: string;
}

/** A message that broke off, or grew past the limit and was dropped. */
export interface Tl1Malformed {
  readonly kind: 'malformed';
  readonly reason: 'truncated' | 'too-large';
  /** Its beginning, at most 200 characters. */
  readonly raw: string;
}

export type Tl1Message = Tl1Response | Tl1Autonomous | Tl1Acknowledgment | Tl1Noise | Tl1Malformed;
