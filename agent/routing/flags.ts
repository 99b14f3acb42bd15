// The flag filter: the request's flags must be among the resource's.

import type { RouteRequest } from './request.ts';
import type { Resource } from './resource.ts';

/** What keeps `resource` out, or undefined when its flags let the request pass. */
export type FlagRefusal =
  { readonly kind: 'flags_required' } | { readonly kind: 'flag_missing'; readonly flag: string };

export function refusedByFlags(resource: Resource, request: RouteRequest): FlagRefusal | undefined {
  if (!request.hasFlags) {
    // `ignore_flags` does not rescue a resource that requires them.
    return resource.requireFlags ? { kind: 'flags_required' } : undefined;
  }
  if (resource.ignoreFlags) return undefined;
  const flag = request.flags.find((name) => !resource.flags.has(name));
  return flag === undefined ? undefined : { kind: 'flag_missing', flag };
}
