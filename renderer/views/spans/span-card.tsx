import { memo, type RefObject, useEffect, useRef, useState } from 'react';
import { isObject, type Json, type JsonObject, textOf } from '../../../agent/client/index.ts';
import type { CableEnd, ShelfChannel, ShelfSpan } from '../../state/shelf.ts';
import { words } from '../../text/words.ts';
import { Badge, type Tone } from '../../ui/panel.tsx';

/** State by glyph as well as colour; the word is in the cell's label and in the legend. */
export const GLYPHS = {
  idle: '·',
  busy: '●',
  blocked: '⊘',
  out_of_service: '✕',
  unknown: '?',
} as const;

const SIGNALLING: Readonly<Record<string, Tone>> = { up: 'good', suspended: 'warn', down: 'bad' };

export interface SpanCardProps {
  readonly span: ShelfSpan;
  readonly cables?: readonly CableEnd[] | undefined;
  readonly gearNames: ReadonlyMap<string, string> | undefined;
}

const NO_CABLES: readonly CableEnd[] = [];

/** Channels that one column holds. */
const NARROW = 14;

/** How old a card may be that is out of sight. */
const UNSEEN_MS = 1_000;

/** A card in sight shows each change with the next frame, one out of sight once a second. */
export const SpanCard = memo(function SpanCard({ span, ...rest }: SpanCardProps) {
  const ref = useRef<HTMLElement>(null);
  const isNear = useIsNear(ref);
  const shown = useRef(span);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [, refresh] = useState(0);
  if (isNear) shown.current = span;
  const latest = useRef(span);
  useEffect(() => {
    latest.current = span;
    if (isNear || shown.current === span || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      shown.current = latest.current;
      refresh((turn) => turn + 1);
    }, UNSEEN_MS);
  }, [span, isNear]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const { doc } = shown.current;
  return (
    <article
      ref={ref}
      className={`span-card${doc['stale'] === true ? ' stale' : ''}${shown.current.channels.length > NARROW ? ' wide' : ''}`}
      aria-label={textOf(doc['name'])}
    >
      <CardContent {...rest} span={shown.current} />
    </article>
  );
});

/** Whether it is in sight, or soon may be. */
function useIsNear(ref: RefObject<Element | null>): boolean {
  const [isNear, setNear] = useState(true);
  useEffect(() => {
    if (ref.current === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => setNear(entries.at(-1)?.isIntersecting ?? true),
      { rootMargin: '200px' },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref]);
  return isNear;
}

const CardContent = memo(function CardContent({
  span,
  cables = NO_CABLES,
  gearNames,
}: SpanCardProps) {
  const { doc, channels } = span;
  const signalling = textOf(doc['signalling'], 'unknown');
  const running = textOf(doc['running'], 'unknown');
  const alarms = Number(doc['active_alarms'] ?? 0);
  const order: JsonObject = isObject(doc['order']) ? doc['order'] : {};
  const dialled = list(doc['dialled_by']);
  const findings = list(doc['findings']);
  const isStale = doc['stale'] === true;
  const line = lineText(doc['status']);
  return (
    <>
      <header className="row">
        <h3>{textOf(doc['name'])}</h3>
        {doc['kind'] !== doc['name'] && <span className="quiet-text">{textOf(doc['kind'])}</span>}
        {/* A transport element has neither signalling nor a stack; it has its line. */}
        {(channels.length > 0 || signalling !== 'unknown') && (
          <Badge tone={SIGNALLING[signalling] ?? 'mute'}>
            {words.spans.signalling} {signalling}
          </Badge>
        )}
        {channels.length === 0 && <Badge tone={line === 'NoAlarm' ? 'good' : 'warn'}>{line}</Badge>}
        {running !== 'started' && (channels.length > 0 || running !== 'unknown') && (
          <Badge tone={running === 'wedged' ? 'bad' : 'warn'}>{running}</Badge>
        )}
        {alarms > 0 && <Badge tone="bad">{words.spans.alarms(alarms)}</Badge>}
        {isStale && <Badge tone="warn">{words.spans.stale}</Badge>}
        <span className="grow" />
        <span className="quiet-text">{orderText(order)}</span>
      </header>
      {channels.length > 0 && (
        <div className="channels" role="list" aria-label={words.spans.channels}>
          {channels.map((channel) => (
            <ChannelCell key={channel.number} channel={channel} />
          ))}
        </div>
      )}
      {findings.map((finding, index) => (
        <p key={index} className="note">
          {textOf(finding['message'])}
        </p>
      ))}
      {cables.length + dialled.length > 0 && (
        <footer className="span-foot">
          {cables.map(({ cableId, gearId, span: far, findings: differences }) => (
            <span key={cableId} className="row">
              <span className="quiet-text">
                {words.spans.cabledTo} {gearNames?.get(gearId) ?? gearId}, {far}
              </span>
              {differences.length === 0 ? (
                <Badge tone="good">{words.spans.endsAgree}</Badge>
              ) : (
                differences.map((difference) => (
                  <Badge key={difference} tone="warn">
                    {difference}
                  </Badge>
                ))
              )}
            </span>
          ))}
          {dialled.length > 0 && (
            <span className="quiet-text">
              {words.spans.dialledBy}{' '}
              {dialled.map((gateway, index) => (
                <span key={index}>
                  {index > 0 && ', '}
                  <a
                    href={`#/resources/${gateway['account_id'] === undefined ? 'global' : 'account'}/${encodeURIComponent(textOf(gateway['resource_id']))}`}
                  >
                    {textOf(gateway['resource_name'], textOf(gateway['resource_id']))}
                  </a>{' '}
                  {gateway['letter'] === 'A' ? 'A ↓' : 'a ↑'}
                  {gateway['enabled'] === false && ` (${words.resources.off})`}
                </span>
              ))}
            </span>
          )}
        </footer>
      )}
    </>
  );
});

const ChannelCell = memo(function ChannelCell({ channel }: { readonly channel: ShelfChannel }) {
  const { type, state, alarm, timeslot, number, nativeState, call } = channel;
  const word = type === 'D' ? words.spans.dChannel : words.spans.states[state];
  const text = `${words.spans.slot(timeslot, number)}: ${word}${nativeState === '' ? '' : ` (${nativeState})`}${alarm ? `, ${words.spans.inAlarm}` : ''}${call === '' ? '' : `, ${call}`}`;
  return (
    <span
      role="listitem"
      className={`slot ${type === 'D' ? 'd-channel' : state}${alarm ? ' alarm' : ''}`}
      aria-label={text}
      title={text}
    >
      <span className="slot-number">{timeslot}</span>
      <span>{alarm ? '▲' : type === 'D' ? 'D' : GLYPHS[state]}</span>
    </span>
  );
});

/** RFC 4805's names of what the line has. */
function lineText(status: Json | undefined): string {
  const names = isObject(status) ? status['names'] : undefined;
  return Array.isArray(names)
    ? names.map((name) => textOf(name)).join(', ')
    : words.spans.lineUnknown;
}

function orderText(order: JsonObject): string {
  if (order['kind'] !== 'known')
    return order['kind'] === 'not_applicable' ? '' : words.spans.orderUnknown;
  const arrow = order['direction'] === 'descending' ? '↓' : '↑';
  return `${arrow} ${textOf(order['direction'])}${order['memory'] === undefined ? '' : `, ${textOf(order['memory'])}`}`;
}

function list(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];
}
