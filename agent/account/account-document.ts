// What accounts and users look like on the wire and what of it is stored. Pure.

import { type FieldErrors, invalidFields } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import {
  type Account,
  isMasterAccount,
  realmKeyOf,
  roleOf,
  type Role,
  type User,
} from './account.ts';

/** Shown with an account, computed, never stored: Monster UI looks at them. */
const COMPUTED = ['created', 'is_reseller', 'reseller_id', 'superduper_admin'] as const;

/** The account as GET shows it. */
export function accountDocument(account: Account): JsonObject {
  return {
    ...account.doc,
    id: account.id,
    name: account.name,
    realm: account.realm,
    enabled: account.enabled,
    created: account.created,
    is_reseller: false,
    reseller_id: account.path[0] ?? account.id,
    superduper_admin: isMasterAccount(account),
  };
}

/** The account as a row of a list. */
export function accountRow(account: Account): JsonObject {
  return { id: account.id, name: account.name, realm: account.realm, enabled: account.enabled };
}

export interface AccountFields {
  readonly name: string;
  /** Lower case. */
  readonly realm: string;
  readonly enabled: boolean;
  readonly doc: JsonObject;
}

/**
 * The columns and the document to store.
 * @param checked the document after validation with the schema `accounts`
 * @param realm the realm when the document has none
 */
export function accountFields(checked: JsonObject, realm: string): AccountFields {
  const kept = Object.fromEntries(
    Object.entries(checked).filter(([key]) => !(COMPUTED as readonly string[]).includes(key)),
  );
  const fields = {
    name: typeof checked['name'] === 'string' ? checked['name'] : '',
    realm: realmKeyOf(typeof checked['realm'] === 'string' ? checked['realm'] : realm),
    enabled: checked['enabled'] !== false,
  };
  return { ...fields, doc: { ...kept, ...fields } };
}

/** The user as GET shows it. */
export function userDocument(user: User): JsonObject {
  return { ...user.doc, id: user.id, username: user.username, enabled: user.enabled };
}

/** The user as a row of a list. */
export function userRow(user: User): JsonObject {
  const shown: Record<string, JsonObject[string]> = {
    id: user.id,
    username: user.username,
    enabled: user.enabled,
    priv_level: user.role,
  };
  for (const key of ['first_name', 'last_name', 'email'] as const) {
    const value = user.doc[key];
    if (value !== undefined) shown[key] = value;
  }
  return shown;
}

export interface UserFields {
  /** Lower case. */
  readonly username: string;
  readonly enabled: boolean;
  readonly role: Role;
  /** undefined: not mentioned. */
  readonly password: string | undefined;
  /** Without the password. */
  readonly doc: JsonObject;
}

/**
 * The columns and the document to store.
 * @param checked the document after validation with the schema `users`
 * @throws request.invalid without a user name, or with one that has a colon or a blank
 */
export function userFields(checked: JsonObject): UserFields {
  const { password, username, ...kept } = checked;
  if (typeof username !== 'string') throw missing('username');
  // A colon would make two pairs of name and password have one digest.
  if (!/^[^\s:\p{C}]+$/u.test(username))
    throw invalidFields({
      username: {
        pattern: {
          message: 'User names have neither blanks nor colons',
          target: '^[^\\s:]+$',
          value: username,
        },
      },
    });
  // Tokens say `role`, so people try it here too. Kept and without effect it would make a
  // technician of whoever was meant to read only.
  if (checked['role'] !== undefined)
    throw invalidFields({
      role: {
        forbidden: { message: 'The role of a user is its priv_level', target: 'priv_level' },
      },
    });
  const fields = { username: username.toLowerCase(), enabled: checked['enabled'] !== false };
  return {
    ...fields,
    role: roleOf(checked['priv_level']),
    password: typeof password === 'string' ? password : undefined,
    doc: { ...kept, ...fields },
  };
}

/** A 400 in Crossbar's words for a field that is not there. */
export function missing(field: string, message = 'Field is required but missing'): Error {
  const fields: FieldErrors = { [field]: { required: { message, value: field } } };
  return invalidFields(fields);
}
