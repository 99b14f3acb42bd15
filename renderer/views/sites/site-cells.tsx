// What one site shows in its row. Everything but "now" is what the site said last, so a row that
// is not fresh is grey as a whole and says how old it is.

import type { MouseEvent } from 'react';
import type { SiteColour } from '../../host/host.ts';
import type { SiteLevel, SiteRow } from '../../state/site-rows.ts';
import { siteWords } from '../../text/sites.ts';
import { words } from '../../text/words.ts';
import { Badge, type Tone } from '../../ui/panel.tsx';

export const LEVEL_TONES: Readonly<Record<SiteLevel, Tone>> = {
  changed: 'bad',
  critical: 'bad',
  attention: 'warn',
  offline: 'mute',
  'signed-out': 'warn',
  unknown: 'mute',
  good: 'good',
};

/** The colour a person gave it; the word is in the title. */
export function Swatch({ colour }: { readonly colour: SiteColour | undefined }) {
  if (colour === undefined) return <span className="swatch" aria-hidden="true" />;
  const word = siteWords.colours[colour];
  return <span className={`swatch ${colour}`} role="img" aria-label={word} title={word} />;
}

const SEVERITIES = [
  ['critical', '▲', 'bad'],
  ['major', '▲', 'bad'],
  ['minor', '◆', 'warn'],
  ['warning', '◆', 'warn'],
] as const;

export function AlarmCounts({ row: { facts } }: { readonly row: SiteRow }) {
  const { alarms } = facts ?? {};
  if (alarms === undefined) return <span className="quiet-text">—</span>;
  const some = SEVERITIES.filter(([severity]) => alarms[severity] > 0);
  if (some.length === 0) return <span className="quiet-text">{siteWords.noAlarms}</span>;
  return (
    <span className="counts-line">
      {some.map(([severity, glyph, tone]) => (
        <span key={severity} className={`badge ${tone} number`}>
          <span aria-hidden="true">{glyph}</span> {alarms[severity]} {severity}
        </span>
      ))}
    </span>
  );
}

export function JobCounts({ row: { facts } }: { readonly row: SiteRow }) {
  const { jobs } = facts ?? {};
  if (jobs === undefined || jobs.running + jobs.paused === 0)
    return <span className="quiet-text">—</span>;
  return (
    <span className="number">
      {[
        ...(jobs.running > 0 ? [words.running(jobs.running)] : []),
        ...(jobs.paused > 0 ? [words.paused(jobs.paused)] : []),
      ].join(', ')}
    </span>
  );
}

export function GearCount({ row: { facts } }: { readonly row: SiteRow }) {
  const { gear } = facts ?? {};
  const all = gear === undefined ? 0 : gear.connected + gear.connecting + gear.down;
  if (gear === undefined || all === 0) return <span className="quiet-text">—</span>;
  return (
    <span className={`number badge${gear.down > 0 ? ' warn' : ''}`}>
      {gear.down > 0 && <span aria-hidden="true">◆</span>} {siteWords.gearUp(gear.connected, all)}
    </span>
  );
}

export function Age({ row, nowMs }: { readonly row: SiteRow; readonly nowMs: number }) {
  const { known } = row.health;
  return (
    <span className="number quiet-text">
      {known === undefined ? siteWords.never : words.ago(Math.max(0, nowMs - known.atMs) / 1000)}
    </span>
  );
}

/** The agent's version, and how it stands to this desktop's where they are not the same. */
export function VersionCell({ row: { facts, health } }: { readonly row: SiteRow }) {
  const { standing = 'same' } = health;
  if (facts === undefined) return <span className="quiet-text">—</span>;
  return (
    <span
      className="number quiet-text"
      title={standing === 'same' ? undefined : siteWords.standingHelp[standing]}
    >
      {facts.version}{' '}
      {standing !== 'same' && (
        <Badge tone={standing === 'newer' ? 'warn' : 'mute'}>{siteWords.standing[standing]}</Badge>
      )}
    </span>
  );
}

/** How it is; and when it is not reached: why, and when it is tried again. */
export function StateCell({
  row: { site, health, level },
  nowMs,
  onTry,
}: {
  readonly row: SiteRow;
  readonly nowMs: number;
  readonly onTry: () => void;
}) {
  const { reason, nextTryAtMs, isTrying, state } = health;
  const isOut = state === 'offline' || state === 'signed-out';
  const tryNow = (event: MouseEvent): void => {
    event.stopPropagation();
    onTry();
  };
  return (
    <span className="site-state">
      <Badge tone={LEVEL_TONES[level]}>{siteWords.level[level]}</Badge>
      {isOut && (
        <>
          {reason !== undefined && (
            <span className="clip" title={reason.message}>
              {siteWords.reasons[reason.code] ?? reason.message}
            </span>
          )}
          <span className="grow" />
          <span className="quiet-text number">
            {isTrying || nextTryAtMs === undefined
              ? siteWords.trying
              : siteWords.nextTry(Math.ceil((nextTryAtMs - nowMs) / 1000))}
          </span>
          <button
            type="button"
            className="button small"
            tabIndex={-1}
            disabled={isTrying}
            aria-label={siteWords.tryNowOf(site.name)}
            onClick={tryNow}
          >
            {siteWords.tryNow}
          </button>
        </>
      )}
    </span>
  );
}
