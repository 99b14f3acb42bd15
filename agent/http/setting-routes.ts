// System settings over HTTP: for the master account's tokens; administrators write.

import type { JsonObject } from '../base/json.ts';
import { maskSecrets } from '../base/mask.ts';
import type { Setting, Settings, SettingTarget } from '../service/settings.ts';
import { revisionOfRows } from './envelope.ts';
import { objectOf } from './call-parts.ts';
import type { Call, Reply, Route } from './route.ts';

export function settingRoutes(settings: Settings): Route[] {
  const access = 'superduper';
  return [
    {
      path: '/v2/system_configs',
      methods: {
        GET: {
          access,
          summary: 'List the categories of system settings',
          handle: (_call) => {
            const names = settings.categories();
            const revision = revisionOfRows(names);
            return Promise.resolve({
              data: names,
              revision,
              etag: revision,
              envelope: { page_size: names.length },
            });
          },
        },
      },
    },
    {
      path: '/v2/system_configs/:category',
      methods: {
        GET: {
          access,
          summary: 'Fetch a category of system settings, defaults filled in',
          handle: (call) => Promise.resolve(settingReply(settings.fetch(categoryOf(call)), call)),
        },
        POST: {
          access,
          role: 'admin',
          summary: 'Change (replace) a category of system settings',
          handle: async (call) =>
            settingReply(
              await settings.replace(targetOf(call), categoryOf(call), objectOf(call.data)),
              call,
            ),
        },
        PATCH: {
          access,
          role: 'admin',
          summary: 'Patch (merge into) a category of system settings',
          handle: async (call) =>
            settingReply(
              await settings.patch(targetOf(call), categoryOf(call), objectOf(call.data)),
              call,
            ),
        },
      },
    },
  ];
}

function settingReply(setting: Setting, call: Call): Reply {
  const { category, revision, doc, unknownKeys } = setting;
  // Whoever may not write has no use for a password that round-trips.
  const shown = call.identity?.role === 'admin' ? doc : (maskSecrets(doc) as JsonObject);
  const warnings = unknownKeys.map((key) => ({
    path: key.replaceAll('.', '%2E'),
    rule: 'unknown',
    message: 'This key is stored and has no effect',
  }));
  return {
    data: { ...shown, id: category },
    revision,
    etag: revision,
    ...(warnings.length === 0 ? {} : { envelope: { warnings } }),
  };
}

function categoryOf(call: Call): string {
  return call.parameters['category'] ?? '';
}

function targetOf(call: Call): SettingTarget {
  return { preconditions: call.preconditions, by: call.actor };
}
