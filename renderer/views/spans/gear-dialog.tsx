import { useState } from 'react';
import { ClientError, isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { timeText, words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useStore } from '../../ui/use-store.ts';
import { Failed } from '../failed.tsx';
import { listOf } from '../resources/dial-preview.tsx';
import { go, useCanWrite, useQuery, useScene } from '../scene.ts';
import { GearIdentification } from './gear-identification.tsx';
import { hasConsole, stateOf } from './gear-state.ts';

/** One device: what is wrong with it, what was said on its line, and what can be done with it. */
export function GearDialog({
  gear,
  onClose,
}: {
  readonly gear: JsonObject;
  readonly onClose: () => void;
}) {
  const { session, preferences, toast } = useScene();
  const [isRemoving, setRemoving] = useState(false);
  const canWrite = useCanWrite();
  const { times } = useStore(preferences);
  const [found, setFound] = useState<JsonObject>();
  const [problem, setProblem] = useState<ClientError>();
  const path = `/v2/gear/${encodeURIComponent(textOf(gear['id']))}`;
  const { data: frames, error } = useQuery(
    async () =>
      listOf(
        (await session.client.request(`${path}/transcript`, { query: { page_size: 200 } })).data,
      ),
    path,
    ['gear', 'channel'],
    1500,
  );
  const run = async (action: 'identify' | 'refresh'): Promise<void> => {
    try {
      const { data } = await session.client.request(`${path}/${action}`, { method: 'PUT' });
      setProblem(undefined);
      if (action === 'identify') setFound(isObject(data) ? data : {});
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setProblem(cause);
    }
  };
  const remove = async (): Promise<void> => {
    try {
      await session.client.request(path, { method: 'DELETE' });
      toast('good', words.gear.removed);
      onClose();
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setProblem(cause);
    }
  };
  const findings = listOf(stateOf(gear)['findings']);
  return (
    <Dialog
      title={textOf(gear['name'])}
      size="large"
      onClose={onClose}
      footer={
        !canWrite ? undefined : isRemoving ? (
          <>
            <Button onClick={() => setRemoving(false)}>{words.cancel}</Button>
            <Button look="danger" onClick={() => void remove()}>
              {words.gear.removeSure(textOf(gear['name']))}
            </Button>
          </>
        ) : (
          <>
            <Button look="quiet" onClick={() => setRemoving(true)}>
              {words.gear.remove}
            </Button>
            <span className="grow" />
            {hasConsole(gear) && (
              <Button onClick={() => go('gear', textOf(gear['id']), 'console')}>
                {words.gear.console}
              </Button>
            )}
            <Button onClick={() => void run('identify')}>{words.gear.identify}</Button>
            <Button onClick={() => void run('refresh')}>{words.gear.refresh}</Button>
          </>
        )
      }
    >
      {isRemoving && <p className="note">{words.gear.removeHelp}</p>}
      <Failed error={problem} />
      {found !== undefined && <GearIdentification found={found} />}
      {findings.map((finding, index) => (
        <p key={index} className="note">
          {textOf(finding['message'])}
        </p>
      ))}
      <h3>{words.gear.transcript}</h3>
      <Failed error={error} />
      <div className="transcript mono" tabIndex={0} role="log" aria-label={words.gear.transcript}>
        {(frames ?? []).map((frame) => (
          <div key={textOf(frame['sequence'])}>
            <span className="quiet-text number">
              {timeText(Date.parse(textOf(frame['at'])), times).slice(11)}
            </span>{' '}
            {frame['direction'] === 'sent' ? '→' : '←'}{' '}
            <span className="wrap">{textOf(frame['text'])}</span>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
