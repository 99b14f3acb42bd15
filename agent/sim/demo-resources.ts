// The resources of the demo site: what a small site with two E1 PRIs, an analogue bank and a
// SIP fall-back would have. Loaded once, into an empty store.

import type { JsonObject } from '../base/json.ts';

export const DEMO_RESOURCES: readonly {
  readonly scope: 'account' | 'global';
  readonly doc: JsonObject;
}[] = [
  {
    scope: 'account',
    doc: {
      name: 'E1 PRI to the city',
      weight_cost: 10,
      rules: ['^\\+1(\\d{10})$'],
      gateways: [
        {
          endpoint_type: 'freetdm',
          span: '1',
          channel_selection: 'descending',
          invite_format: 'npan',
          server: 'localhost',
        },
        {
          endpoint_type: 'freetdm',
          span: '2',
          channel_selection: 'ascending',
          invite_format: 'npan',
          server: 'localhost-2',
        },
      ],
    },
  },
  {
    scope: 'account',
    doc: {
      name: 'Emergency over analogue lines',
      emergency: true,
      weight_cost: 1,
      rules: ['^(911|933)$'],
      caller_id_options: { type: 'emergency' },
      gateways: [{ endpoint_type: 'freetdm', span: 'FXO', server: 'localhost' }],
    },
  },
  {
    scope: 'account',
    doc: {
      name: 'SIP fall-back',
      weight_cost: 60,
      rules: ['^\\+(\\d+)$'],
      media: { audio: { codecs: ['PCMU', 'PCMA'] } },
      gateways: [
        {
          server: 'sip.carrier.example',
          realm: 'carrier.example',
          username: 'demo',
          password: 'demo-password',
          progress_timeout: 6,
        },
      ],
    },
  },
  {
    scope: 'global',
    doc: {
      name: 'Toll-free carrier',
      weight_cost: 30,
      flags: ['tollfree'],
      rules: ['^\\+1(8(?:00|33|44|55|66|77|88)\\d{7})$'],
      gateways: [{ server: 'tollfree.carrier.example' }],
    },
  },
];
