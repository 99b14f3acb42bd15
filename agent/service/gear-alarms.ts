// Keeps the alarm log in step with what gear reports: tells what is new, and clears what the
// gear does not report any more. A lost link is an alarm of its own.

import { type AlarmNotice, alarmKey } from '../alarm/alarm.ts';
import type { Logger } from '../base/logger.ts';
import type { GearUnit } from '../gear/gear-unit.ts';
import type { AlarmLog } from './alarms.ts';

export const LINK_ALARM = 'Link down';
/** Somebody else may answer in the gear's place. */
export const HOST_KEY_ALARM = 'SSH host key changed';
/** Alarms about the way to gear, which the gear does not report itself. */
export const LINK_ALARMS: readonly string[] = [LINK_ALARM, HOST_KEY_ALARM];
/** The code of the finding (driver/connection.ts). */
const UNTRUSTED = 'gear.transport-untrusted';

export interface GearAlarmsOptions {
  readonly alarms: AlarmLog;
  readonly spanId: (gearId: string, native: string) => string;
  readonly logger: Logger;
}

interface Told {
  /** By alarm key. */
  notices: Map<string, AlarmNotice>;
  isLinkDown: boolean;
  isUntrusted: boolean;
  /** What was told last is not on disk. */
  isLost: boolean;
}

export class GearAlarms {
  readonly #options: GearAlarmsOptions;
  readonly #told = new Map<string, Told>();

  constructor(options: GearAlarmsOptions) {
    this.#options = options;
  }

  /** Tells what became different; call it whenever alarms or link of the gear changed. */
  update(unit: GearUnit): void {
    const told = this.#toldOf(unit.id);
    const { link, linkFinding } = unit.live.state;
    // While it is being tried again it is still down.
    if (link !== 'connecting') {
      told.isLinkDown = link === 'down';
      told.isUntrusted = told.isLinkDown && linkFinding?.code === UNTRUSTED;
    }
    const standing = new Map<string, AlarmNotice>();
    const add = (notice: AlarmNotice): void => {
      standing.set(alarmKey(notice.source, notice.name), notice);
    };
    for (const { span, name, severity, explanation } of unit.live.alarms)
      add({ source: this.#source(unit.id, span), name, severity, explanation });
    const source = this.#source(unit.id, undefined);
    const explanation = linkFinding?.message ?? 'There is no session with the gear';
    if (told.isLinkDown) add({ source, name: LINK_ALARM, severity: 'major', explanation });
    if (told.isUntrusted) add({ source, name: HOST_KEY_ALARM, severity: 'critical', explanation });
    this.#tell(unit.id, told, standing);
  }

  /** Nobody looks after the gear any more: nothing of it stands. */
  drop(gearId: string): void {
    const told = this.#toldOf(gearId);
    told.isLinkDown = false;
    told.isUntrusted = false;
    this.#tell(gearId, told, new Map());
    this.#told.delete(gearId);
  }

  /** What could not be stored is told again. */
  retry(unit: GearUnit): void {
    if (this.#toldOf(unit.id).isLost) this.update(unit);
  }

  #tell(gearId: string, told: Told, standing: Map<string, AlarmNotice>): void {
    const notices: AlarmNotice[] = [];
    for (const [key, notice] of told.notices)
      if (!standing.has(key)) notices.push({ ...notice, severity: 'cleared' });
    for (const [key, notice] of standing) {
      const before = told.notices.get(key);
      if (before?.severity !== notice.severity || before.explanation !== notice.explanation)
        notices.push(notice);
    }
    told.notices = standing;
    if (notices.length === 0) return;
    told.isLost = false;
    this.#options.alarms.tell(notices).catch((error: unknown) => {
      this.#options.logger.warn(() => 'alarms could not be stored', { gearId, error });
      told.notices = this.#standingOf(gearId);
      told.isLost = true;
    });
  }

  #toldOf(gearId: string): Told {
    const known = this.#told.get(gearId);
    if (known !== undefined) return known;
    const notices = this.#standingOf(gearId);
    const stands = (name: string): boolean =>
      notices.has(alarmKey(this.#source(gearId, undefined), name));
    const told: Told = {
      notices,
      isLinkDown: stands(LINK_ALARM),
      isUntrusted: stands(HOST_KEY_ALARM),
      isLost: false,
    };
    this.#told.set(gearId, told);
    return told;
  }

  #standingOf(gearId: string): Map<string, AlarmNotice> {
    const { alarms } = this.#options;
    return new Map(
      alarms
        .standing((source) => source.kind === 'gear' && source.gearId === gearId)
        .map(({ key, source, name, severity, explanation }) => [
          key,
          { source, name, severity, explanation },
        ]),
    );
  }

  #source(gearId: string, native: string | undefined): AlarmNotice['source'] {
    const span =
      native === undefined ? undefined : { id: this.#options.spanId(gearId, native), native };
    return { kind: 'gear', gearId, span };
  }
}
