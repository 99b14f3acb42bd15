import { useState } from 'react';
import { ClientError, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Failed } from '../failed.tsx';
import { listOf } from '../resources/dial-preview.tsx';
import { useScene } from '../scene.ts';
import { useDrivers } from './gear-drivers.ts';
import { GearIdentification } from './gear-identification.tsx';

/** A link is tried before anything is stored: what answers there names the driver. */
export function AddGear({ onClose }: { readonly onClose: () => void }) {
  const { session, toast } = useScene();
  const [draft, setDraft] = useState({
    name: '',
    link: '',
    driver: '',
    username: '',
    password: '',
  });
  const [found, setFound] = useState<readonly JsonObject[]>();
  const [error, setError] = useState<ClientError>();
  const drivers = useDrivers();
  const credentials = {
    ...(draft.username === '' ? {} : { username: draft.username }),
    ...(draft.password === '' ? {} : { password: draft.password }),
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      setError(undefined);
      await work();
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setError(cause);
    }
  };
  const errorAt = (field: string): string | undefined =>
    error?.fields.find(({ path }) => path === field)?.message;
  const set = (key: keyof typeof draft) => (value: string) => setDraft({ ...draft, [key]: value });
  return (
    <Dialog
      title={words.gear.add}
      onClose={onClose}
      footer={
        <>
          <Button
            disabled={draft.link === ''}
            onClick={() =>
              void attempt(async () => {
                const { data } = await session.client.request('/v2/gear/identify', {
                  method: 'PUT',
                  data: { link: draft.link, ...credentials },
                });
                const list = listOf(data);
                setFound(list);
                const best = textOf(list[0]?.['driver']);
                if (draft.driver === '' && best !== '') setDraft({ ...draft, driver: best });
              })
            }
          >
            {words.gear.identify}
          </Button>
          <Button
            look="main"
            disabled={draft.name === '' || draft.link === '' || draft.driver === ''}
            onClick={() =>
              void attempt(async () => {
                await session.client.request('/v2/gear', {
                  method: 'PUT',
                  data: {
                    name: draft.name,
                    link: draft.link,
                    driver: draft.driver,
                    ...credentials,
                  },
                });
                toast('good', words.editor.created);
                onClose();
              })
            }
          >
            {words.editor.save}
          </Button>
        </>
      }
    >
      <Failed error={error} />
      <TextField
        label={words.jobs.name}
        value={draft.name}
        onChange={set('name')}
        error={errorAt('name')}
      />
      <TextField
        label={words.gear.link}
        value={draft.link}
        onChange={set('link')}
        isMono
        help={words.gear.linkHelp}
        error={errorAt('link')}
      />
      <SelectField
        label={words.gear.driver}
        value={draft.driver}
        error={errorAt('driver')}
        options={[['', words.editor.unset], ...drivers]}
        onChange={set('driver')}
      />
      <TextField label={words.signIn.username} value={draft.username} onChange={set('username')} />
      <TextField
        label={words.signIn.password}
        type="password"
        autoComplete="new-password"
        value={draft.password}
        onChange={set('password')}
      />
      {found?.map((item, index) => (
        <GearIdentification key={index} found={item} />
      ))}
    </Dialog>
  );
}
