// A driver under test with an observer that remembers what it was told.

import { systemClock } from '../../agent/base/clock.ts';
import { silentLogger } from '../../agent/base/logger.ts';
import type {
  GearDriver,
  GearDriverContext,
  GearFinding,
  GearLink,
  GearObserver,
} from '../../agent/span/gear-driver.ts';
import type { AlarmReport, SpanReport } from '../../agent/span/span.ts';
import type { OpenPort } from '../../agent/transport/port.ts';

export function gearContext(
  openPort: OpenPort,
  link: Partial<GearLink> = {},
  options: Readonly<Record<string, unknown>> = {},
): GearDriverContext<OpenPort> {
  return {
    link: { url: 'memory:', username: undefined, password: undefined, ...link },
    openPort,
    logger: silentLogger,
    clock: systemClock,
    options,
  };
}

export class GearWatch implements GearObserver {
  readonly links: string[] = [];
  readonly findings: GearFinding[] = [];
  readonly changes: string[] = [];
  readonly alarms: AlarmReport[] = [];
  readonly spans: SpanReport[] = [];
  readonly frames: string[] = [];

  link(state: string, finding: GearFinding | undefined): void {
    this.links.push(state);
    if (finding !== undefined) this.findings.push(finding);
  }

  changed(reason: string): void {
    this.changes.push(reason);
  }

  span(report: SpanReport): void {
    this.spans.push(report);
  }

  channel(): void {}

  alarm(report: AlarmReport): void {
    this.alarms.push(report);
  }

  frame(direction: string, text: string): void {
    this.frames.push(`${direction} ${text}`);
  }
}

/** Starts `driver`, runs `work`, stops it whatever happens. */
export async function withDriver<D extends GearDriver>(
  driver: D,
  work: (driver: D, watch: GearWatch) => Promise<void>,
  watch = new GearWatch(),
): Promise<void> {
  driver.start(watch);
  try {
    await work(driver, watch);
  } finally {
    await driver.stop();
  }
}
