// The example of a CLI profile, kept working by tests against the real programs: FRRouting's
// zebra VTY and vtysh.

export const FRR_PROFILE = `
name: frr
title: FRRouting
modes:
  config: '^[A-Za-z0-9._-]{1,63}\\(config[^()]{0,40}\\)#$'
  privileged: '^[A-Za-z0-9._-]{1,63}#$'
  user: '^[A-Za-z0-9._-]{1,63}>$'
read_mode: privileged
raise: { from: user, command: enable }
leave: { config: end }
on_ready: ['terminal length 0']
exit: exit
pager: ['^--More--$', '\\(END\\)$']
login:
  username: '^Username: ?$'
  password: '^Password: ?$'
  refused: ['^% (?:Bad passwords|Authentication failed)']
questions: ['\\[(?:y/n|yes/no|confirm)\\]:?$']
failures:
  - '^% (?:\\[[A-Z]{1,16}\\] )?Unknown command'
  - '^% Ambiguous command'
  - '^% Command incomplete'
read: ['show version', 'show interface brief', 'show running-config']
identity:
  - { command: 'show version', name: version, pattern: '^FRRouting ([0-9][^ ]{0,40})' }
  - { command: 'show version', name: host_name, pattern: '\\(([A-Za-z0-9._-]{1,63})\\)' }
mark: 'FRRouting|Quagga'
`;
