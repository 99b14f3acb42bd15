// What all simulated gear has in common: lines that people and programs connect to, and
// behaviours that make it misbehave. Simulated gear builds its output from templates of recorded
// sessions and imports no parser of ours.

/** One end of a line into the gear. */
export interface SimLine {
  /** Bytes from the other side. */
  receive(bytes: Uint8Array): void;
  /** The other side went away. */
  disconnect(): void;
}

/** The other side's end, as the gear sees it. */
export interface SimPeer {
  send(bytes: Uint8Array): void;
  /** The cable is pulled: nothing more passes either way. */
  drop(): void;
}

/** What goes wrong. Times in milliseconds, spans from 1. */
export type SimBehaviour =
  /** `count` spans lose their signal, each with its own report. */
  | { readonly kind: 'alarm-storm'; readonly count: number }
  | {
      readonly kind: 'alarm';
      readonly span: number;
      readonly name: 'LOS' | 'LOF' | 'AIS' | 'RAI';
      readonly raised: boolean;
    }
  /** Controlled slips are counted on a span: two clocks. */
  | { readonly kind: 'slips'; readonly span: number; readonly count: number }
  /** The next answer stops in its middle. */
  | { readonly kind: 'half-frame' }
  /** Hears nothing and says nothing. */
  | { readonly kind: 'silence'; readonly ms: number }
  /** Forgets sessions and counts anew after `ms` of silence. */
  | { readonly kind: 'reboot'; readonly ms: number }
  /** The line is dropped, and stays so for `ms`. */
  | { readonly kind: 'unplug'; readonly ms: number }
  /** The next answer carries another command's tag (TL1). */
  | { readonly kind: 'wrong-ctag' }
  /** The next answer takes `ms`. */
  | { readonly kind: 'late-answer'; readonly ms: number }
  /** An autonomous message is lost on the way (TL1), so that the numbers jump. */
  | { readonly kind: 'lost-report' }
  /** Log lines fall into the next output (IOS). */
  | { readonly kind: 'log-lines'; readonly count: number }
  /** Another person types on the same console. */
  | { readonly kind: 'typist'; readonly text: string };

export interface SimDevice {
  readonly name: string;
  connect(peer: SimPeer): SimLine;
  behave(behaviour: SimBehaviour): void;
}

export const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** `04` */
export const twoDigits = (value: number): string => String(value).padStart(2, '0');
