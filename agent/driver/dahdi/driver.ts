// DAHDI cards of this host, read from /proc/dahdi and system.conf. Nothing is written, nothing
// is opened that a call could need, and nothing tells unasked: what changes is seen at the next
// reading.

import { isCode } from '../../base/error.ts';
import { parseProcSpan } from '../../codec/dahdi/proc-span.ts';
import { parseSystemConf } from '../../codec/dahdi/system-conf.ts';
import type {
  GearDriver,
  GearDriverFamily,
  GearFinding,
  GearObserver,
  GearReading,
} from '../../span/gear-driver.ts';
import type { AlarmReport, SpanReport } from '../../span/span.ts';
import type { OpenDahdi } from './files.ts';
import { configurationFinding, dahdiAlarms, dahdiSpanReport } from './report.ts';

export const DEFAULT_SYSTEM_CONF = '/etc/dahdi/system.conf';

const NOT_LOADED: GearFinding = {
  code: 'dahdi.not-loaded',
  span: undefined,
  message: 'There is no /proc/dahdi here: the kernel module dahdi is not loaded on this host.',
};
const NO_SPANS: GearFinding = {
  code: 'dahdi.no-span',
  span: undefined,
  message: 'DAHDI is loaded and has no span: no card, or its driver is not loaded.',
};

export class DahdiDriver implements GearDriver {
  readonly #open: OpenDahdi;
  #observer: GearObserver | undefined;

  constructor(open: OpenDahdi) {
    this.#open = open;
  }

  start(observer: GearObserver): void {
    if (this.#observer !== undefined) return;
    this.#observer = observer;
    observer.link('connecting', undefined);
    observer.changed('started');
  }

  async read(signal: AbortSignal): Promise<GearReading> {
    let texts: ReadonlyMap<number, string>;
    let systemConf: string | undefined;
    try {
      const files = await this.#open(signal);
      texts = await files.spans();
      systemConf = await files.systemConf();
    } catch (error) {
      if (isCode(error)) this.#observer?.link('down', findingOf(error.code, error.message));
      throw error;
    }
    signal.throwIfAborted();
    this.#observer?.link('connected', undefined);
    return this.#readingOf(texts, systemConf);
  }

  stop(): Promise<void> {
    this.#observer = undefined;
    return Promise.resolve();
  }

  #readingOf(texts: ReadonlyMap<number, string>, systemConf: string | undefined): GearReading {
    const configured = new Map(
      parseSystemConf(systemConf ?? '').map((span) => [span.number, span]),
    );
    const spans: SpanReport[] = [];
    const alarms: AlarmReport[] = [];
    const findings: GearFinding[] = texts.size === 0 ? [NO_SPANS] : [];
    for (const [number, text] of texts) {
      this.#observer?.frame('received', text, `/proc/dahdi/${String(number)}`);
      try {
        const span = parseProcSpan(text);
        spans.push(dahdiSpanReport(span, configured.get(span.number)));
        alarms.push(...dahdiAlarms(span));
        const finding = configurationFinding(span, configured.get(span.number));
        if (finding !== undefined) findings.push(finding);
      } catch (error) {
        if (!isCode(error, 'codec.malformed')) throw error;
        findings.push({
          code: 'driver.unexpected-reply',
          span: String(number),
          message: error.message,
        });
      }
    }
    return { identity: { product: 'DAHDI' }, spans, alarms, findings };
  }
}

function findingOf(code: string, message: string): GearFinding {
  return code === 'transport.not-found' ? NOT_LOADED : { code, span: undefined, message };
}

/** DAHDI of this host, as one kind of gear. */
export const dahdiFamily: GearDriverFamily<OpenDahdi> = {
  name: 'dahdi',
  title: 'DAHDI cards of this host',
  schemes: ['file:'],
  defaultPollS: 5,
  create: ({ openPort }) => new DahdiDriver(openPort),
  async identify({ openPort }, signal) {
    const { spans, findings } = await new DahdiDriver(openPort).read(signal);
    const isDahdi = spans.length > 0;
    return {
      score: isDahdi ? 100 : findings.some(({ code }) => code === NO_SPANS.code) ? 30 : 0,
      identity: { product: 'DAHDI' },
      evidence: isDahdi
        ? `${String(spans.length)} spans: ${spans.map(({ name }) => name).join(', ')}`
        : 'No file of a span that can be read',
    };
  },
};
