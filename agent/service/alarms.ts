// The alarm log: whoever watches something tells it what stands and what does not, and it keeps
// occurrences, counts and who took notice, with an event for each step in the same transaction.
// Notices are taken in the order they come; those that say nothing new cost no write.

import {
  type Alarm,
  type AlarmNotice,
  type AlarmSource,
  alarmKey,
  type AlarmStep,
  nextAlarm,
} from '../alarm/alarm.ts';
import { alarmDocument } from '../alarm/alarm-document.ts';
import type { AlarmListRequest } from '../alarm/alarm-store.ts';
import type { Actor } from '../base/change.ts';
import type { Clock } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import { newId, type RandomBytes } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentValidator } from '../document/validate.ts';
import type { AlarmAcknowledgementDoc } from '../../schemas/types.ts';
import type { Storage } from './storage.ts';

export interface AlarmLogOptions {
  readonly storage: Storage;
  /** Of `alarm_acknowledgements`. */
  readonly validator: DocumentValidator;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** Past alarms kept; older ones go. */
const KEPT = 100_000;
const TRIM_EVERY = 1_000;

interface Waiting {
  readonly notices: readonly AlarmNotice[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class AlarmLog {
  readonly #options: AlarmLogOptions;
  /** What stands, by key; only #drain changes it. */
  readonly #standing: Map<string, Alarm>;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #sinceTrim = TRIM_EVERY;

  private constructor(options: AlarmLogOptions, standing: readonly Alarm[]) {
    this.#options = options;
    this.#standing = new Map(standing.map((alarm) => [alarm.key, alarm]));
  }

  /** Reads what stood when the agent was last here. */
  static async load(options: AlarmLogOptions): Promise<AlarmLog> {
    return new AlarmLog(options, await options.storage.read.alarms.standing());
  }

  /** What stands now, of one gear or account or of all. */
  standing(of: (source: AlarmSource) => boolean = () => true): readonly Alarm[] {
    return [...this.#standing.values()].filter(({ source }) => of(source));
  }

  /**
   * Takes notices in order and resolves when they are on disk.
   * @throws store.* when they are not; what stood before still stands then
   */
  tell(notices: readonly AlarmNotice[]): Promise<void> {
    if (notices.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ notices, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** @param viewer path of the account that asks; undefined: sees all. @throws document.not-found */
  async fetch(id: string, viewer: readonly string[] | undefined): Promise<Alarm> {
    const found = await this.#options.storage.read.alarms.load(id);
    if (found === undefined || !isVisible(found, viewer)) throw notFound(id);
    return found;
  }

  list(request: AlarmListRequest): Promise<readonly Alarm[]> {
    return this.#options.storage.read.alarms.list(request);
  }

  /**
   * Somebody takes notice of an alarm, or takes that back.
   * @throws document.not-found, request.invalid
   */
  acknowledge(
    id: string,
    data: JsonObject,
    viewer: readonly string[] | undefined,
    by: Actor,
  ): Promise<Alarm> {
    const { storage, validator, clock } = this.#options;
    const { acknowledged, note } = validator.validate(data) as AlarmAcknowledgementDoc;
    // In turn with notices, so that a notice on its way does not undo it.
    return this.#inTurn(async () => {
      const next = await storage.write(async (writers) => {
        const current = await writers.alarms.load(id);
        if (current === undefined || !isVisible(current, viewer)) throw notFound(id);
        const alarm: Alarm = {
          ...current,
          acknowledgement:
            acknowledged === false
              ? undefined
              : {
                  atMs: clock.nowMs(),
                  method: by.method,
                  ...(by.accountId === undefined ? {} : { accountId: by.accountId }),
                  ...(by.userId === undefined ? {} : { userId: by.userId }),
                },
          note: note === undefined ? current.note : note === '' ? undefined : note,
        };
        await writers.alarms.save([alarm]);
        writers.record({
          actor: by,
          event: acknowledged === false ? 'alarm.unacknowledged' : 'alarm.acknowledged',
          noun: 'alarm',
          id,
          before: toJson(current),
          after: toJson(alarm),
          data: toJson(alarm),
          ...accountOf(alarm),
        });
        return alarm;
      });
      if (next.clearedMs === undefined) this.#standing.set(next.key, next);
      return next;
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    while (this.#draining !== undefined) await this.#draining;
    const done = work();
    // Whatever comes meanwhile waits for it.
    this.#draining = done
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => this.#drain());
    return done;
  }

  async #drain(): Promise<void> {
    // Notices of one turn share a commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#take(batch.flatMap(({ notices }) => notices));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#draining = undefined;
  }

  async #take(notices: readonly AlarmNotice[]): Promise<void> {
    const { storage, clock, random } = this.#options;
    const news = this.#withoutOldNews(notices);
    if (news.length === 0) return;
    const keys = [...new Set(news.map(({ source, name }) => alarmKey(source, name)))];
    const nowMs = clock.nowMs();
    const isTrimming = this.#sinceTrim >= TRIM_EVERY;
    const changed = await storage.write(async (writers) => {
      const newest = new Map(await writers.alarms.newest(keys));
      const touched = new Map<string, Alarm>();
      const steps: AlarmStep[] = [];
      for (const notice of news) {
        const key = alarmKey(notice.source, notice.name);
        const step = nextAlarm(newest.get(key), notice, nowMs, newId(random));
        if (step === undefined) continue;
        steps.push(step);
        newest.set(key, step.alarm);
        touched.set(step.alarm.id, step.alarm);
      }
      await writers.alarms.save([...touched.values()]);
      if (isTrimming) await writers.alarms.trim(KEPT);
      for (const { alarm, event } of steps)
        writers.emit({ name: `alarm.${event}`, ...accountOf(alarm), data: toJson(alarm) });
      return [...touched.values()];
    });
    this.#sinceTrim = (isTrimming ? 0 : this.#sinceTrim) + changed.length;
    for (const alarm of changed)
      if (alarm.clearedMs === undefined) this.#standing.set(alarm.key, alarm);
      else this.#standing.delete(alarm.key);
  }

  /** Most notices of most polls say what is known. */
  #withoutOldNews(notices: readonly AlarmNotice[]): readonly AlarmNotice[] {
    const told = new Map<string, Pick<AlarmNotice, 'severity' | 'explanation'> | undefined>();
    return notices.filter((notice) => {
      const { severity, explanation } = notice;
      const key = alarmKey(notice.source, notice.name);
      const known = told.has(key) ? told.get(key) : this.#standing.get(key);
      const isOld =
        severity === 'cleared'
          ? known === undefined
          : known?.severity === severity && known.explanation === explanation;
      told.set(key, severity === 'cleared' ? undefined : { severity, explanation });
      return !isOld;
    });
  }
}

function isVisible({ source }: Alarm, viewer: readonly string[] | undefined): boolean {
  if (viewer === undefined) return true;
  return source.kind === 'account' && viewer.every((id, index) => source.path[index] === id);
}

function accountOf({ source }: Alarm): { readonly accountId?: string } {
  const accountId = source.kind === 'account' ? source.path.at(-1) : undefined;
  return accountId === undefined ? {} : { accountId };
}

function toJson(alarm: Alarm): JsonObject {
  return alarmDocument(alarm) as unknown as JsonObject;
}

function notFound(id: string): CraftportError {
  return new CraftportError('document.not-found', `There is no alarm ${id}`, { detail: { id } });
}
