import type { ReactNode } from 'react';
import { type JsonObject, textOf } from '../../../agent/client/index.ts';
import type { GearConsole } from '../../state/gear-console.ts';
import { consoleWords } from '../../text/console.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Badge } from '../../ui/panel.tsx';
import { useStore } from '../../ui/use-store.ts';
import { listOf } from '../resources/dial-preview.tsx';
import { useScene } from '../scene.ts';
import { useSeconds } from '../shell/status-line.tsx';
import { stateOf } from './gear-state.ts';

/** Who has the line, and what that means; always in sight. */
export function ConsoleHolder({
  line,
  gear,
  canWrite,
}: {
  readonly line: GearConsole;
  readonly gear: JsonObject | undefined;
  readonly canWrite: boolean;
}) {
  const { timers } = useScene();
  const { link, retryAtMs, isLineOpen, holder, isYours } = useStore(line.state);
  const nowMs = useSeconds(timers.nowMs);
  const strip = (tone: string, content: ReactNode): ReactNode => (
    <p className={`holder ${tone}`} role="status">
      {content}
    </p>
  );
  if (link === 'connecting') return strip('', <Badge tone="info">{words.shell.connecting}</Badge>);
  if (link === 'waiting')
    return strip(
      'bad',
      <>
        <Badge tone="bad">
          {consoleWords.away(Math.max(0, Math.ceil(((retryAtMs ?? nowMs) - nowMs) / 1000)))}
        </Badge>
        <Button look="quiet" onClick={line.retry}>
          {words.retry}
        </Button>
      </>,
    );
  const waits = whyDriverWaits(gear);
  if (isYours) return strip('warn', <Badge tone="warn">{consoleWords.yours}</Badge>);
  if (holder !== undefined)
    return strip('warn', <Badge tone="warn">{consoleWords.others(holder)}</Badge>);
  if (!isLineOpen) return strip('', <Badge tone="mute">{consoleWords.closed}</Badge>);
  return strip(
    waits === undefined ? '' : 'warn',
    <>
      {waits === undefined ? (
        <Badge tone="good">{consoleWords.driver}</Badge>
      ) : (
        <Badge tone="warn">{waits}</Badge>
      )}
      {canWrite && <span className="quiet-text">{consoleWords.takeOverHelp}</span>}
    </>,
  );
}

/**
 * Somebody types at the gear itself, not here: its driver saw what it did not send, and waits.
 * The agent says so as a finding of the gear (agent/driver/cli-gear.ts).
 */
function whyDriverWaits(gear: JsonObject | undefined): string | undefined {
  const findings = listOf(stateOf(gear ?? {})['findings']);
  const found = findings.find(({ code }) => code === 'gear.suspended');
  return found === undefined ? undefined : textOf(found['message']);
}
