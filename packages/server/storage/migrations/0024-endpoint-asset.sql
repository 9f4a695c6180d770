-- What people say of an endpoint's importance and of who can reach it: both decide how urgent its vulnerabilities are.
alter table endpoint
  add column asset_criticality text not null default 'unknown'
    check (asset_criticality in ('low', 'medium', 'high', 'unknown')),
  add column asset_exposure text not null default 'unknown'
    check (asset_exposure in ('isolated', 'internal', 'internet', 'unknown'));
