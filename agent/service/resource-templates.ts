// Resource templates (reference §9.2): kept by the reseller, which is the master account here,
// and read by every account below it.

import { type Account, isMasterAccount } from '../account/account.ts';
import { invalidFields } from '../base/error.ts';
import type { RandomBytes } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentScope } from '../document/document-store.ts';
import type { SchemaSource } from '../document/validate.ts';
import { DocumentService } from './documents.ts';
import type { Storage } from './storage.ts';

export interface TemplateServiceOptions {
  readonly storage: Storage;
  readonly schemas: SchemaSource;
  readonly random: RandomBytes;
}

export class TemplateService extends DocumentService {
  constructor({ storage, schemas, random }: TemplateServiceOptions) {
    const validator = schemas.validator('resource_templates');
    super({
      storage,
      random,
      check: (doc) => {
        assertNamed(doc);
        return validator.validate(doc);
      },
    });
  }
}

/** @param isLocal the account's own store instead of its reseller's */
export function templateScope(account: Account, isLocal: boolean): DocumentScope {
  return {
    kind: 'resource_template',
    accountId: isLocal ? account.id : (account.path[0] ?? account.id),
  };
}

/** @throws request.invalid in Crossbar's words: only a reseller writes */
export function assertMayWriteTemplates(account: Account): void {
  if (isMasterAccount(account)) return;
  throw invalidFields({
    Account: {
      forbidden: { message: 'You are not authorized to modify the resource templates' },
    },
  });
}

function assertNamed(doc: JsonObject): void {
  const name = doc['template_name'];
  if (name !== undefined && name !== '') return;
  throw invalidFields({ template_name: { required: { message: 'Template name is required' } } });
}
