// One site of the book: what it is called, whom it trusts, and the way to forget it.

import { useState } from 'react';
import { SITE_COLOURS, type SiteBook, type SiteColour } from '../../host/host.ts';
import type { SiteRow } from '../../state/site-rows.ts';
import { siteWords } from '../../text/sites.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Badge, Problem, type Tone } from '../../ui/panel.tsx';
import { messageOf } from './messages.ts';

const TRUST: Readonly<Record<SiteRow['site']['trust'], Tone>> = {
  pinned: 'good',
  plain: 'mute',
  unknown: 'warn',
  changed: 'bad',
};

export function SiteDetails({
  row: { site, health },
  book,
  onClose,
}: {
  readonly row: SiteRow;
  readonly book: SiteBook;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(site.name);
  const [group, setGroup] = useState(site.group ?? '');
  const [colour, setColour] = useState<SiteColour | ''>(site.colour ?? '');
  const [notes, setNotes] = useState(site.notes ?? '');
  const [isForgetting, setForgetting] = useState(false);
  const [failure, setFailure] = useState<string>();
  const run = (work: Promise<unknown>, isLast: boolean): void => {
    setFailure(undefined);
    work.then(
      () => isLast && onClose(),
      (error: unknown) => setFailure(messageOf(error)),
    );
  };
  const save = (): void =>
    run(
      book.change(site.id, {
        name: name.trim(),
        ...(group.trim() === '' ? {} : { group: group.trim() }),
        ...(colour === '' ? {} : { colour }),
        ...(notes.trim() === '' ? {} : { notes }),
      }),
      true,
    );
  return (
    <Dialog
      title={site.name}
      onClose={onClose}
      footer={
        isForgetting ? (
          <>
            <Button onClick={() => setForgetting(false)}>{words.cancel}</Button>
            <Button look="danger" onClick={() => run(book.remove(site.id), true)}>
              {siteWords.forgetSure(site.name)}
            </Button>
          </>
        ) : (
          <>
            <Button look="quiet" onClick={() => setForgetting(true)}>
              {siteWords.forget}
            </Button>
            <span className="grow" />
            <Button onClick={onClose}>{words.cancel}</Button>
            <Button look="main" disabled={name.trim() === ''} onClick={save}>
              {words.editor.save}
            </Button>
          </>
        )
      }
    >
      {failure !== undefined && <Problem title={failure} retryText={words.retry} />}
      {isForgetting && <p className="note">{siteWords.forgetHelp}</p>}
      <div className="row">
        <span className="mono">{site.address}</span>
        <Badge tone={TRUST[site.trust]}>{siteWords.trust[site.trust]}</Badge>
      </div>
      {site.trust === 'changed' ? (
        <ChangedPin
          address={site.address}
          pinned={site.fingerprint ?? ''}
          book={book}
          accept={(fingerprint) => run(book.trust(site.id, fingerprint), true)}
          fail={setFailure}
        />
      ) : (
        site.fingerprint !== undefined && (
          <p className="mono quiet-text block">{site.fingerprint}</p>
        )
      )}
      {(health.standing === 'older' || health.standing === 'newer') && (
        <p className="quiet-text">
          {siteWords.version} {health.known?.facts.version}.{' '}
          {siteWords.standingHelp[health.standing]}
        </p>
      )}
      {health.reason !== undefined && <p className="quiet-text">{health.reason.message}</p>}
      <TextField label={siteWords.name} value={name} onChange={setName} autoFocus />
      <div className="fields">
        <TextField
          label={siteWords.group}
          help={siteWords.groupHelp}
          value={group}
          onChange={setGroup}
        />
        <SelectField
          label={siteWords.colour}
          value={colour}
          options={[
            ['', siteWords.colours.none],
            ...SITE_COLOURS.map((each) => [each, siteWords.colours[each]] as const),
          ]}
          onChange={(next) => setColour(SITE_COLOURS.find((each) => each === next) ?? '')}
        />
      </div>
      <TextField label={siteWords.notes} value={notes} onChange={setNotes} lines={3} isWide />
    </Dialog>
  );
}

/** Another certificate than the one that was pinned: nothing goes there until a person says so. */
function ChangedPin({
  address,
  pinned,
  book,
  accept,
  fail,
}: {
  readonly address: string;
  readonly pinned: string;
  readonly book: SiteBook;
  readonly accept: (fingerprint: string) => void;
  readonly fail: (message: string) => void;
}) {
  const [now, setNow] = useState<string>();
  return (
    <div className="stack" role="alert">
      <p>
        {siteWords.changed} <span className="mono block">{pinned}</span>
      </p>
      {now === undefined ? (
        <Button
          onClick={() => {
            book.probe(address).then(
              ({ fingerprint = '' }) => setNow(fingerprint),
              (error: unknown) => fail(messageOf(error)),
            );
          }}
        >
          {siteWords.look}
        </Button>
      ) : (
        <>
          <p>
            {siteWords.shows} <span className="mono block">{now}</span> {siteWords.compare}
          </p>
          <Button look="danger" disabled={now === ''} onClick={() => accept(now)}>
            {siteWords.accept}
          </Button>
        </>
      )}
    </div>
  );
}
