import { useState } from 'react';
import type { Scope } from '../../state/paths.ts';
import { useScene } from '../scene.ts';
import type { ViewProps } from '../view-props.ts';
import { ResourceEditor } from './resource-editor.tsx';
import { ResourceTable } from './resource-table.tsx';

/** `#/resources/{account|global}/{id|new}`; `#/resources/account//{text}` looks for a name. */
export function Resources({ place }: ViewProps) {
  const { identity } = useScene();
  const [scopeWord, id = '', last = ''] = place;
  const scope: Scope = scopeWord === 'global' && identity.isMaster ? 'global' : 'account';
  const [search, setSearch] = useState(id === '' ? last : '');
  if (id !== '')
    return (
      <ResourceEditor
        key={`${scope}/${id}/${last}`}
        scope={scope}
        id={id === 'new' ? undefined : id}
        copyOf={id === 'new' && last !== '' ? last : undefined}
      />
    );
  return <ResourceTable key={scope} scope={scope} search={search} onSearch={setSearch} />;
}
