-- A copy of a database must not reach a platform in the name of the company.
UPDATE efacture_account
   SET client_secret_encrypted = NULL,
       extra_headers_encrypted = NULL,
       state = 'draft';

UPDATE efacture_platform
   SET environment = 'sandbox',
       flow_base_url = NULL,
       directory_base_url = NULL,
       token_url = NULL;
