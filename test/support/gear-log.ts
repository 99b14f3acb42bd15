// Takes what a driver tells, and waits for it without sleeping.

import type { GearFinding, GearLinkState, GearObserver } from '../../agent/span/gear-driver.ts';
import type { AlarmReport, ChannelReport, SpanReport } from '../../agent/span/span.ts';

export class GearLog implements GearObserver {
  readonly links: { readonly state: GearLinkState; readonly finding: GearFinding | undefined }[] =
    [];
  readonly reasons: string[] = [];
  readonly spans: SpanReport[] = [];
  readonly channels: { readonly span: string; readonly report: ChannelReport }[] = [];
  readonly alarms: AlarmReport[] = [];
  readonly frames: {
    readonly direction: string;
    readonly text: string;
    readonly decoded: string;
  }[] = [];
  readonly #waiting = new Set<() => void>();

  link(state: GearLinkState, finding: GearFinding | undefined): void {
    this.links.push({ state, finding });
    this.#look();
  }
  changed(reason: string): void {
    this.reasons.push(reason);
    this.#look();
  }
  span(report: SpanReport): void {
    this.spans.push(report);
    this.#look();
  }
  channel(span: string, report: ChannelReport): void {
    this.channels.push({ span, report });
    this.#look();
  }
  alarm(report: AlarmReport): void {
    this.alarms.push(report);
    this.#look();
  }
  frame(direction: 'sent' | 'received', text: string, decoded: string): void {
    this.frames.push({ direction, text, decoded });
  }

  /** `alarm` lines as `RED critical`. */
  get alarmLines(): readonly string[] {
    return this.alarms.map(({ span, name, severity }) => `${span ?? '-'} ${name} ${severity}`);
  }

  /** Resolves once `holds`; looked at whenever something is told. */
  until(holds: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`Never: ${what}; links ${JSON.stringify(this.links)}`));
      }, 20_000);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(late);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  untilLink(state: GearLinkState): Promise<void> {
    return this.until(() => this.links.at(-1)?.state === state, `the link ${state}`);
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}
