-- Who made a link, or says how an identity provider is used, vouches for whom it lets in: that may be nobody who may do more
-- than they, at the moment of the sign-in. null: the server's own socket, or the start.
alter table sign_in_link add column made_by uuid;
alter table identity_provider add column configured_by uuid;
-- Of providers from before nobody knows who it was: they vouch for people without roles alone, until they are saved again.
update identity_provider set configured_by = '00000000-0000-0000-0000-000000000000';
