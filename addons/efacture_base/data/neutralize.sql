-- A copy of a database must not reach a platform in the name of the company.
UPDATE efacture_account
   SET client_id = NULL,
       client_secret_encrypted = NULL,
       extra_headers_encrypted = NULL,
       organization_id = NULL,
       webhook_address_hash = NULL,
       webhook_key_encrypted = NULL,
       webhook_remote_ids = NULL,
       last_check_ok = NULL,
       last_check_report = NULL,
       state = 'draft';

UPDATE efacture_platform
   SET environment = 'sandbox',
       flow_base_url = NULL,
       directory_base_url = NULL,
       token_url = NULL;

-- What waits in the original is sent by the original. What was on its way stays: only it knows.
UPDATE account_move
   SET efacture_state = 'failed'
 WHERE id IN (SELECT move_id FROM efacture_exchange
               WHERE direction = 'out' AND kind = 'invoice' AND state IN ('preparing', 'queued'));

UPDATE efacture_exchange
   SET state = 'failed',
       error_code = 'withdrawn',
       error_message = 'Copy of a database: sent by the original.',
       next_attempt = NULL
 WHERE state IN ('preparing', 'queued');

-- Nobody asks the platform from here what became of it, and no lane goes on.
UPDATE efacture_exchange
   SET lease_token = NULL,
       lease_until = NULL,
       next_attempt = NULL
 WHERE lease_token IS NOT NULL OR lease_until IS NOT NULL OR next_attempt IS NOT NULL;

UPDATE ir_cron
   SET active = FALSE
 WHERE id IN (SELECT res_id FROM ir_model_data
               WHERE module = 'efacture_base' AND model = 'ir.cron' AND name LIKE 'efacture\_cron\_lane\_%');
