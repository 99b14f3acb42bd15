import { describe, expect, it } from 'vitest';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';

const catalog = loadSchemaCatalog(new URL('../../../schemas', import.meta.url).pathname);

describe('the resources schema', () => {
  it('fills in the defaults and converts the port of the documented example', () => {
    const input = { name: 'Carrier 3', gateways: [{ server: 'sip.example.net', port: '5070' }] };
    expect(catalog.validator('resources').validate(input)).toStrictEqual({
      emergency: false,
      enabled: true,
      flags: [],
      grace_period: 5,
      rules: [],
      weight_cost: 50,
      name: 'Carrier 3',
      gateways: [
        {
          channel_selection: 'ascending',
          enabled: true,
          endpoint_type: 'sip',
          force_port: false,
          invite_format: 'route',
          port: 5070,
          skype_rr: true,
          server: 'sip.example.net',
        },
      ],
    });
  });
});
