// The cards of a site: figures, each with a word beside it. Where nothing is known a dash stands,
// not a zero.

import type { ReactNode } from 'react';
import type { SiteFacts } from '../../state/site-facts.ts';
import { ALARM_SEVERITIES, GEAR_LINKS, SIGNALLING_STATES } from '../../state/site-facts.ts';
import { agoText, bytesText, timeText, words } from '../../text/words.ts';
import { Badge, type Tone } from '../../ui/panel.tsx';
import { SEVERITY_TONES } from '../spans/alarm-rows.ts';

export function Card({
  title,
  age,
  href,
  isWide = false,
  children,
}: {
  readonly title: string;
  /** Empty while it is live. */
  readonly age: string;
  /** Where there is more of it. */
  readonly href?: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <section className={`tile${isWide ? ' wide' : ''}`} aria-label={title}>
      <header className="row">
        <h2>{href === undefined ? title : <a href={href}>{title}</a>}</h2>
        <span className="grow" />
        {age !== '' && <span className="quiet-text number">{age}</span>}
      </header>
      {children}
    </section>
  );
}

type Fact = readonly [name: string, value: ReactNode];

function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="pairs">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function AgentFacts({
  facts,
  address,
  skewS,
  uptimeS,
  times,
}: {
  readonly facts: SiteFacts;
  readonly address: string;
  readonly skewS: number | undefined;
  readonly uptimeS: number | undefined;
  readonly times: 'local' | 'utc';
}) {
  const { version, startedMs, fingerprint, disk } = facts;
  const isSecure = address.startsWith('https:');
  return (
    <Facts
      facts={[
        [words.site.version, version ?? '—'],
        [
          words.site.uptime,
          startedMs === undefined || uptimeS === undefined ? (
            '—'
          ) : (
            <span title={timeText(startedMs, times)}>{agoText(uptimeS)}</span>
          ),
        ],
        [words.site.address, <span className="mono">{address}</span>],
        [words.site.clock, skewS === undefined ? '—' : <Skew skewS={skewS} />],
        ...(disk === undefined
          ? []
          : ([
              [words.site.database, sizeText(disk.database_bytes)],
              [words.site.wal, sizeText(disk.wal_bytes)],
              [words.site.free, sizeText(disk.free_bytes)],
            ] as const)),
        [
          words.site.certificate,
          fingerprint === undefined ? (
            isSecure ? (
              '—'
            ) : (
              words.site.noCertificate
            )
          ) : (
            <span className="mono fingerprint">{fingerprint}</span>
          ),
        ],
      ]}
    />
  );
}

/** Seconds that two clocks may differ without anybody minding. */
const IN_STEP_S = 2;

function Skew({ skewS }: { readonly skewS: number }) {
  if (Math.abs(skewS) <= IN_STEP_S) return <>{words.site.inStep}</>;
  const away = agoText(Math.abs(skewS));
  return <Badge tone="warn">{skewS > 0 ? words.site.ahead(away) : words.site.behind(away)}</Badge>;
}

function sizeText(bytes: number | undefined): string {
  return bytes === undefined ? '—' : bytesText(bytes);
}

/** A count in the tone of what it counts; nothing to see where it is none. */
function count(value: number | undefined, tone: Tone): ReactNode {
  if (value === undefined) return '—';
  return <span className={value > 0 ? `badge ${tone}` : 'quiet-text'}>{value}</span>;
}

export function AlarmFacts({ alarms }: { readonly alarms: SiteFacts['alarms'] }) {
  return (
    <Facts
      facts={[
        ...ALARM_SEVERITIES.map((each): Fact => [
          each,
          count(alarms?.[each], SEVERITY_TONES[each] ?? 'warn'),
        ]),
        [words.site.unacknowledged, count(alarms?.unacknowledged, 'warn')],
      ]}
    />
  );
}

const LINK_TONES = { connected: 'good', connecting: 'info', down: 'bad', off: 'mute' } as const;
const SIGNALLING_TONES = { up: 'good', suspended: 'warn', down: 'bad', unknown: 'mute' } as const;

export function GearFacts({ gear }: { readonly gear: SiteFacts['gear'] }) {
  return (
    <Facts facts={GEAR_LINKS.map((each): Fact => [each, count(gear?.[each], LINK_TONES[each])])} />
  );
}

export function SpanFacts({ facts: { spans, signalling } }: { readonly facts: SiteFacts }) {
  return (
    <Facts
      facts={[
        ...SIGNALLING_STATES.map((each): Fact => [
          words.site.signalling(each),
          count(signalling?.[each], SIGNALLING_TONES[each]),
        ]),
        [words.site.allSpans, spans ?? '—'],
      ]}
    />
  );
}
