// The live console of gear: what passes on its line, for everybody who watches; typing only
// after the line was taken over, and until it is handed back.

import { useEffect, useMemo, useRef, useState } from 'react';
import { type Client, ClientError, isObject, textOf } from '../../../agent/client/index.ts';
import { createGearConsole, type GearConsole } from '../../state/gear-console.ts';
import {
  bracketed,
  type PacedPaste,
  type PasteText,
  readPaste,
  startPacedPaste,
} from '../../state/paced-paste.ts';
import { consoleWords } from '../../text/console.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/panel.tsx';
import { useStore } from '../../ui/use-store.ts';
import { listOf } from '../resources/dial-preview.tsx';
import { useCanWrite, useQuery, useScene } from '../scene.ts';
import { BreakDialog, PasteDialog } from './console-dialogs.tsx';
import { ConsoleHolder } from './console-holder.tsx';
import { Search } from './console-search.tsx';
import { openTerminal, type TerminalView } from './terminal.ts';
import './console.css';

export function Console({ gearId }: { readonly gearId: string }) {
  const { session, host, timers, preferences, toast } = useScene();
  const canWrite = useCanWrite();
  const place = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [view, setView] = useState<TerminalView>();
  const [pasted, setPasted] = useState<PasteText>();
  const [isBreaking, setBreaking] = useState(false);
  const paste = useRef<PacedPaste>(undefined);
  const [sending, setSending] = useState<{ readonly sent: number; readonly total: number }>();
  const heard = useRef<(text: string) => void>(undefined);
  const { theme } = useStore(preferences);
  const { data: gear } = useQuery(
    async () => {
      const { data } = await session.client.request(`/v2/gear/${encodeURIComponent(gearId)}`);
      return isObject(data) ? data : {};
    },
    `console-${gearId}`,
    ['gear'],
  );
  const line = useMemo<GearConsole>(
    () =>
      createGearConsole({
        connection: host.connect(session.site.id),
        gearId,
        timers,
        onReceived: (text) => heard.current?.(text),
        onGap: () => heard.current?.(`\r\n-- ${consoleWords.gap} --\r\n`),
      }),
    [host, session, gearId, timers],
  );
  const state = useStore(line.state);
  const isTyping = state.isYours && canWrite;
  useEffect(() => () => line.stop(), [line]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const terminal = openTerminal(element, {
      label: consoleWords.screen,
      onType: (text) => {
        if (paste.current === undefined && !line.type(text)) toast('bad', consoleWords.notSent);
      },
      onPaste: (text) => {
        if (!line.state.get().isYours || paste.current !== undefined) return;
        const read = readPaste(text);
        const isPlain = read.lines.length === 1 && !read.isEntered && read.dropped === 0;
        if (isPlain) line.type(read.lines[0] ?? '');
        else if (read.lines.join('') !== '') setPasted(read);
      },
      onKey: (event) => {
        const isDown = event.type === 'keydown';
        if (event.key === 'F6') {
          if (isDown) search.current?.focus();
          return true;
        }
        if (event.ctrlKey && event.shiftKey && event.key === 'C') {
          if (isDown) void host.copyText(terminal.selection());
          return true;
        }
        if (event.ctrlKey && event.shiftKey && event.key === 'F') {
          if (isDown) search.current?.focus();
          event.preventDefault();
          return true;
        }
        // The browser pastes; a terminal would send the control character.
        if (event.ctrlKey && event.key.toLowerCase() === 'v') return true;
        // Who watches moves on with Tab as everywhere.
        return event.key === 'Tab' && !line.state.get().isYours;
      },
    });
    // What was said lately comes first; what is said while it loads waits for it.
    let early: string[] | undefined = [];
    heard.current = (text) => {
      if (early === undefined) terminal.write(text);
      else early.push(text);
      paste.current?.hear(text);
    };
    void loadHistory(session.client, gearId).then((history) => {
      if (history !== '') {
        terminal.write(history);
        terminal.note(consoleWords.live);
      }
      for (const text of early ?? []) terminal.write(text);
      early = undefined;
    });
    setView(terminal);
    const watcher = new ResizeObserver(() => terminal.fit());
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      paste.current?.stop();
      heard.current = undefined;
      terminal.dispose();
    };
  }, [line, host, toast, session, gearId]);

  useEffect(() => {
    view?.setTyping(isTyping);
    if (isTyping) view?.focus();
    else paste.current?.stop();
  }, [view, isTyping]);
  useEffect(() => {
    view?.setTheme();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const change = (): void => view?.setTheme();
    dark.addEventListener('change', change);
    return () => dark.removeEventListener('change', change);
  }, [view, theme]);

  const startPaste = (text: PasteText): void => {
    setPasted(undefined);
    view?.focus();
    if (view?.wantsBrackets() === true) {
      line.type(bracketed(text));
      return;
    }
    const total = text.lines.length;
    setSending({ sent: 0, total });
    paste.current = startPacedPaste({
      text,
      timers,
      type: line.type,
      onProgress: (sent) => setSending({ sent, total }),
      onEnd: (outcome) => {
        paste.current = undefined;
        setSending(undefined);
        if (outcome.kind === 'no-echo') toast('bad', consoleWords.noEcho(outcome.line, total));
        else if (outcome.kind === 'stopped')
          toast('bad', consoleWords.pasteStopped(outcome.sent, total));
      },
    });
  };

  return (
    <section className="view console">
      <header className="toolbar">
        <h1>
          <a className="crumb" href="#/gear">
            {words.gear.title}
          </a>{' '}
          <span className="crumb">/</span> {textOf(gear?.['name'], gearId)}
        </h1>
        <span className="mono quiet-text clip">{textOf(gear?.['link'])}</span>
        <span className="grow" />
        <Search view={view} inputRef={search} />
        <Button
          onClick={() => {
            const text = view?.selection() ?? '';
            host.copyText(text === '' ? (view?.all() ?? '') : text).then(
              () => toast('good', words.copied),
              () => toast('bad', words.notCopied),
            );
          }}
        >
          {consoleWords.copy}
        </Button>
        {isTyping && (
          <>
            <Button look="danger" onClick={() => setBreaking(true)}>
              {consoleWords.break}
            </Button>
            <Button look="main" onClick={line.handBack}>
              {consoleWords.handBack}
            </Button>
          </>
        )}
        {canWrite && !state.isYours && (
          <Button
            look="main"
            disabled={state.link !== 'open' || state.holder !== undefined}
            onClick={line.takeOver}
          >
            {consoleWords.takeOver}
          </Button>
        )}
      </header>
      <ConsoleHolder line={line} gear={gear} canWrite={canWrite} />
      {state.problem !== undefined && <Problem title={state.problem} retryText={words.retry} />}
      {sending !== undefined && (
        <p className="note strip row" role="status">
          <span className="grow">{consoleWords.pasting(sending.sent, sending.total)}</span>
          <Button onClick={() => paste.current?.stop()}>{consoleWords.stopPaste}</Button>
        </p>
      )}
      <div className="console-screen" ref={place} />
      <p className="hint row">
        <span>{isTyping ? consoleWords.hintTyping : consoleWords.hint}</span>
        <span className="grow" />
        {state.driverSent !== undefined && (
          <span className="clip">
            {consoleWords.driverSent} <span className="mono">{state.driverSent}</span>
          </span>
        )}
      </p>
      {pasted !== undefined && (
        <PasteDialog
          text={pasted}
          onSend={() => startPaste(pasted)}
          onClose={() => setPasted(undefined)}
        />
      )}
      {isBreaking && (
        <BreakDialog
          onSend={(typed) => {
            line.sendBreak(typed);
            setBreaking(false);
          }}
          onClose={() => setBreaking(false)}
        />
      )}
    </section>
  );
}

const HISTORY_FRAMES = 60;

/** The last of the driver's conversation, as the agent keeps it (secrets masked); '' without. */
async function loadHistory(client: Client, gearId: string): Promise<string> {
  try {
    const { data } = await client.request(`/v2/gear/${encodeURIComponent(gearId)}/transcript`, {
      query: { page_size: HISTORY_FRAMES },
    });
    return listOf(data)
      .toReversed()
      .map((frame) => {
        const text = textOf(frame['text']).trimEnd().replaceAll(/\r?\n/g, '\r\n');
        return frame['direction'] === 'sent' ? `\u001b[1m> ${text}\u001b[0m` : text;
      })
      .join('\r\n');
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return '';
  }
}
