// Made from openapi.json by `npm run openapi`. Do not edit.

export interface paths {
    "/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Changes the e-mail address
         * @description Needs the role `viewer`.
         */
        patch: operations["Account_update"];
        trace?: never;
    };
    "/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Changes the password, and ends the other sessions
         * @description Needs the role `viewer`.
         */
        put: operations["Account_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes new recovery codes; the earlier ones are worth nothing from now on
         * @description Needs the role `viewer`.
         */
        post: operations["Account_newCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a secret for an authenticator app
         * @description It counts once it is confirmed.
         *
         *     Needs the role `viewer`.
         */
        post: operations["Account_beginFactor"];
        /**
         * Removes the second factor
         * @description Needs the role `viewer`.
         */
        delete: operations["Account_removeFactor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/second-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirms it with a code: signing in needs one from now on
         * @description Gives recovery codes.
         *
         *     Needs the role `viewer`.
         */
        post: operations["Account_confirmFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the sessions of the caller, the last used first
         * @description Needs the role `viewer`.
         */
        get: operations["Account_list"];
        put?: never;
        post?: never;
        /**
         * Ends all sessions but this one
         * @description Needs the role `viewer`.
         */
        delete: operations["Account_endOthers"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Ends one session
         * @description Needs the role `viewer`.
         */
        delete: operations["Account_end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the alarms
         * @description The open ones first, the newest of them first.
         *
         *     Needs the role `viewer`.
         */
        get: operations["Alarms_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alarms/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one alarm
         * @description Needs the role `viewer`.
         */
        get: operations["Alarms_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alarms/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that it was seen
         * @description No more reminders until it is cleared; `GET /status` counts it by itself. It stays open until it is well again, but `backup.shrunk` is cleared: the new size is meant. It is news again when it becomes critical. Idempotent.
         *
         *     Needs the role `operator`.
         */
        post: operations["Alarms_acknowledge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alarms/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * From when on something is an alarm
         * @description Needs the role `viewer`.
         */
        get: operations["Alarms_limits"];
        /**
         * Change from when on something is an alarm
         * @description In force within a minute.
         *
         *     Needs the role `admin`.
         */
        put: operations["Alarms_setLimits"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what from where, newest first
         * @description Nothing of it can be changed or removed; what is older than a year goes by itself.
         *
         *     Needs the role `admin`.
         */
        get: operations["Audit_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List backups, newest first
         * @description Needs the role `viewer`.
         */
        get: operations["Backups_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One backup
         * @description Needs the role `viewer`.
         */
        get: operations["Backups_get"];
        put?: never;
        post?: never;
        /**
         * Delete a backup everywhere
         * @description When a storage fails, the backup is hidden and the rest is deleted later.
         *
         *     Needs the role `admin`.
         */
        delete: operations["Backups_remove"];
        options?: never;
        head?: never;
        /**
         * Pin a backup, or unpin it
         * @description A pinned backup is kept for ever.
         *
         *     Needs the role `operator`.
         */
        patch: operations["Backups_update"];
        trace?: never;
    };
    "/backups/{id}/copies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Copy the backup to one more storage
         * @description Starts a repair job. From then on that copy is looked after like the others.
         *
         *     Needs the role `operator`.
         */
        post: operations["Repair_addCopy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/{id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changed in the files since an earlier backup
         * @description In path order, in pages.
         *
         *     Needs the role `operator`.
         */
        get: operations["Diff_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/{id}/diff/tables": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changed in the database since an earlier backup
         * @description All tables in one answer, by name. Only what is not in both backups is read; comparisons wait for each other, as each may take much memory.
         *
         *     Needs the role `operator`.
         */
        get: operations["Diff_tables"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/{id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download the whole backup
         * @description A `.tar.zst` that stock tools read: see docs/restore-by-hand.md.
         *
         *     Needs the role `operator`.
         */
        get: operations["Backups_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download one file of the backup
         * @description Needs the role `operator`.
         */
        get: operations["Backups_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/{id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Browse a folder of the backup
         * @description Without a path the top: `database`, `files`, … Names come in path order.
         *
         *     Needs the role `operator`.
         */
        get: operations["Backups_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/{id}/keep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep a backup that retention has let go
         * @description Takes it back and pins it, as retention would let it go again. Idempotent.
         *
         *     Needs the role `operator`.
         */
        post: operations["Backups_keep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/{id}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The manifest as NDJSON
         * @description One line per file: see docs/storage-format.md.
         *
         *     Needs the role `operator`.
         */
        get: operations["Backups_manifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore the backup, or (dryRun) say what that would change
         * @description Starts a job; follow `GET /jobs/{id}/events`. When it fails or is cancelled, the site is as before.
         *
         *     Needs the role `operator`.
         */
        post: operations["Restore_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups/{id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify all copies of the backup
         * @description Starts a job. It fails with BACKUP_DAMAGED when no copy is whole; `result` lists what was found.
         *
         *     Needs the role `operator`.
         */
        post: operations["Verify_verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/catalogue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the catalogue has, when it was last backed up, and what it is busy with
         * @description Needs the role `viewer`.
         */
        get: operations["Catalogue_state"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/catalogue/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the catalogue backups on a storage, newest first
         * @description Needs the role `admin`.
         */
        get: operations["Catalogue_backups"];
        put?: never;
        /**
         * Backs the catalogue and the configuration up now, sealed, to every enabled storage
         * @description Runs in the background.
         *
         *     Needs the role `admin`.
         */
        post: operations["Catalogue_backUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/catalogue/rebuild": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds the sites and backups that a storage has and the catalogue has not
         * @description Runs in the background; can be run again.
         *
         *     Needs the role `admin`.
         */
        post: operations["Catalogue_rebuild"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/catalogue/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Loads a catalogue backup into an empty catalogue, then compares it with the storages
         * @description Runs in the background.
         *
         *     Needs the role `admin`.
         */
        post: operations["Catalogue_recover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/catalogue/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One task of the catalogue, with its progress and its report
         * @description Needs the role `viewer`.
         */
        get: operations["Catalogue_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/daemon/backup/reset/{site_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clear a failed or stuck backup
         * @description Cancels it when it is still active.
         *
         *     Needs the role `operator`.
         */
        post: operations["Daemon_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/daemon/backup/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Back a site up
         * @description Registers the site when its id is not known.
         *
         *     Needs the role `operator`.
         */
        post: operations["Daemon_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/daemon/backup/status/{site_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the site’s newest backup stands
         * @description Needs the role `viewer`.
         */
        get: operations["Daemon_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/daemon/backup/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop the site’s job
         * @description Needs the role `operator`.
         */
        post: operations["Daemon_stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/daemon/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the server works
         * @description Needs no token. 503 when the database does not answer.
         */
        get: operations["Health_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/daemon/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find sites below a folder
         * @description Needs the role `operator`.
         */
        get: operations["Daemon_scan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/daemon/verify-site": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Is there a site in this folder?
         * @description Needs the role `operator`.
         */
        post: operations["Daemon_verifySite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Checks client programs, space, permissions, database, storage and what is known of the stored copies, and says what to fix
         * @description Needs the role `operator`.
         */
        get: operations["Doctor_examine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow all jobs
         * @description Server-sent events: `id` is the event id, `event` its type, `data` JSON. One stream for all jobs; filter it. Begins now, or after `Last-Event-ID`. A `heartbeat` event comes when nothing else does for 15 s. It ends within 15 s of the end of its token. 100 streams of a token and 500 in all may be open at a time, over HTTP and WebSocket together.
         *
         *     Needs the role `viewer`.
         */
        get: operations["Events_all"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What of the server works
         * @description Always 200: the answer says what does not.
         *
         *     Needs the role `viewer`.
         */
        get: operations["Probes_details"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process answers
         * @description Needs no token; asks nothing of the database.
         */
        get: operations["Probes_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether work can be taken and done
         * @description Needs no token. 503 while the server starts or stops, or when database, queue or schema are not as they must be.
         */
        get: operations["Probes_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the hooks, by moment and position
         * @description Needs the role `admin`.
         */
        get: operations["Hooks_list"];
        put?: never;
        /**
         * Adds a hook
         * @description It is not run; `POST /hooks/{id}/test` does that.
         *
         *     Needs the role `admin`.
         */
        post: operations["Hooks_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One hook
         * @description Needs the role `admin`.
         */
        get: operations["Hooks_get"];
        put?: never;
        post?: never;
        /**
         * Removes a hook
         * @description Needs the role `admin`.
         */
        delete: operations["Hooks_remove"];
        options?: never;
        head?: never;
        /**
         * Changes a hook
         * @description Jobs that run already go on with what they began with.
         *
         *     Needs the role `admin`.
         */
        patch: operations["Hooks_update"];
        trace?: never;
    };
    "/hooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Runs the hook now, outside of any job, with the outcome `test`
         * @description The answer is 200 also when it failed: see `ok`.
         *
         *     Needs the role `admin`.
         */
        post: operations["Hooks_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs, newest first
         * @description Needs the role `viewer`.
         */
        get: operations["Jobs_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One job
         * @description Needs the role `viewer`.
         */
        get: operations["Jobs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a job
         * @description A waiting job ends at once; a running one stops within seconds (follow its events). May be repeated.
         *
         *     Needs the role `operator`.
         */
        post: operations["Jobs_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow one job
         * @description Server-sent events from the job’s beginning, or after `Last-Event-ID`. Ends when the job has ended and all of it was sent.
         *
         *     Needs the role `viewer`.
         */
        get: operations["Jobs_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a failed or cancelled job again
         * @description A new attempt of the same job. A failed backup goes on from what it keeps (`keptUntil`): from the first stage whose output is missing or does not check, its uploads from their last part; else from the start.
         *
         *     Needs the role `operator`.
         */
        post: operations["Jobs_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics in the text format of Prometheus
         * @description Needs a token like everything else: `authorization` of the scrape job. A viewer is enough.
         *
         *     Needs the role `viewer`.
         */
        get: operations["Metrics_scrape"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mirror": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The off-site mirror of the catalogue: settings without the token, and how it fares
         * @description Needs the role `viewer`.
         */
        get: operations["Mirror_get"];
        /**
         * Sets the mirror up or changes it
         * @description Nothing is sent yet: `POST /mirror/test` tries it, the next minute sends.
         *
         *     Needs the role `admin`.
         */
        put: operations["Mirror_set"];
        post?: never;
        /**
         * Forgets the mirror
         * @description What is in D1 stays there.
         *
         *     Needs the role `admin`.
         */
        delete: operations["Mirror_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mirror/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Brings sites, backups, copies and settings back from the mirror, into an empty catalogue
         * @description All or nothing.
         *
         *     Needs the role `admin`.
         */
        post: operations["Mirror_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mirror/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends what is missing now, and counts what D1 has
         * @description Needs the role `admin`.
         */
        post: operations["Mirror_sync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mirror/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tries token and database: writes, reads and deletes a row of its own
         * @description An error says what does not work.
         *
         *     Needs the role `admin`.
         */
        post: operations["Mirror_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/modules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The kinds of sites that can be backed up, with the schema of their settings
         * @description Needs the role `viewer`.
         */
        get: operations["BackupModules_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The node is there
         * @description Answers with what it must know, and when the next one is expected.
         *
         *     For nodes, with their own key.
         */
        post: operations["Node_heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/join-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A host asks to become a node
         * @description With a one-time token it is one at once; else it shows the code, and an admin decides within 15 minutes.
         */
        post: operations["Join_ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/join-requests/{id}/collect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Whether the request was decided on, and the key
         * @description A wrong secret, an unknown request and one whose key is in use are all `expired`.
         */
        post: operations["Join_collect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/key/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Another key for the node
         * @description The present one works until the new one is used; asked for again it is another one.
         *
         *     For nodes, with their own key.
         */
        post: operations["Node_rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/admit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask whether the storage may take so many bytes
         * @description May take as long as backups that retention lets go are deleted to make room. Idempotent.
         *
         *     For nodes, with their own key.
         */
        post: operations["RunQuestions_admit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask whether the backup may begin
         * @description For nodes, with their own key.
         */
        post: operations["RunQuestions_begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/commit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enter the backup into the catalogue
         * @description The master looks at every copy itself before. Idempotent.
         *
         *     For nodes, with their own key.
         */
        post: operations["RunQuestions_commit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/damaged": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Which of the bundles are known to be damaged or missing
         * @description For nodes, with their own key.
         */
        post: operations["RunQuestions_damaged"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/hooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run the hooks before or after a stage
         * @description Once for each moment of a run.
         *
         *     For nodes, with their own key.
         */
        post: operations["RunQuestions_runHooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/objects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an object through the master
         * @description Takes `Range` with one range.
         *
         *     For nodes, with their own key.
         */
        get: operations["RunObjects_object"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/parents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The newest backups of the site that all of these storages have
         * @description For nodes, with their own key.
         */
        post: operations["RunQuestions_parents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/parents/{backupId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * One backup of the site
         * @description For nodes, with their own key.
         */
        post: operations["RunQuestions_parent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Send a part through the master
         * @description For nodes, with their own key.
         */
        put: operations["RunUploads_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * How to read an object
         * @description For nodes, with their own key.
         */
        post: operations["RunObjects_read"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a run tells, in order; what comes again or of a run that lost its job changes nothing
         * @description For nodes, with their own key.
         */
        post: operations["NodeWork_report"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/stat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a storage has of these objects
         * @description For nodes, with their own key.
         */
        post: operations["RunObjects_stat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin an upload, or go on with it
         * @description For nodes, with their own key.
         */
        post: operations["RunUploads_begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/uploads/abort": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End an upload; what came of it goes
         * @description Idempotent.
         *
         *     For nodes, with their own key.
         */
        post: operations["RunUploads_abort"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/uploads/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the parts one object
         * @description Idempotent.
         *
         *     For nodes, with their own key.
         */
        post: operations["RunUploads_complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/runs/{runId}/uploads/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * How to send parts straight to the storage
         * @description For nodes, with their own key.
         */
        post: operations["RunUploads_parts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/tasks/{id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A part of the answer to a task that this node has taken
         * @description 404 NODE_TASK_GONE: nobody waits any more, the node stops.
         *
         *     For nodes, with their own key.
         */
        post: operations["NodeTasks_answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node/work": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The node's next job or task
         * @description Waits for one as long as the node likes; 204 when there is none.
         *
         *     For nodes, with their own key.
         */
        post: operations["NodeWork_take"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the nodes, by name
         * @description Needs the role `viewer`.
         */
        get: operations["Nodes_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One node, with its sites and what runs on it
         * @description Needs the role `viewer`.
         */
        get: operations["Nodes_get"];
        put?: never;
        post?: never;
        /**
         * Removes it
         * @description While it has sites it must be said what becomes of them; their backups stay, and can be restored to another node. Its jobs fail.
         *
         *     Needs the role `admin`.
         */
        delete: operations["Nodes_remove"];
        options?: never;
        head?: never;
        /**
         * Gives it another name
         * @description Needs the role `admin`.
         */
        patch: operations["Nodes_rename"];
        trace?: never;
    };
    "/nodes/{id}/block": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * It is refused until it is unblocked; what it does at the master is cut off
         * @description It keeps its key.
         *
         *     Needs the role `admin`.
         */
        post: operations["Nodes_block"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How busy it was, in steps of five minutes or more: at most 500 of them
         * @description Kept for 30 days.
         *
         *     Needs the role `viewer`.
         */
        get: operations["Nodes_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{id}/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Sets the master's limits for it; of these and its own the lower apply
         * @description The node knows them within seconds.
         *
         *     Needs the role `admin`.
         */
        put: operations["Nodes_limit"];
        post?: never;
        /**
         * Only its own limits apply again
         * @description Needs the role `admin`.
         */
        delete: operations["Nodes_unlimit"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Its key is worth nothing from now on, and what it does at the master is cut off
         * @description To come back the host must join again.
         *
         *     Needs the role `admin`.
         */
        post: operations["Nodes_revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * It fetches another key with its next heartbeat; the present one is worth nothing once the new one was used
         * @description Needs the role `admin`.
         */
        post: operations["Nodes_rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{id}/unblock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * It may come in again
         * @description Needs the role `admin`.
         */
        post: operations["Nodes_unblock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the hosts that wait, the oldest first
         * @description Needs the role `viewer`.
         */
        get: operations["JoinApproval_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/requests/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The host becomes a node, and fetches its key itself
         * @description Compare the code with the one that the host shows.
         *
         *     Needs the role `admin`.
         */
        post: operations["JoinApproval_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/requests/{id}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The host is told that it may not
         * @description Needs the role `admin`.
         */
        post: operations["JoinApproval_refuse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the tokens to join with, newest first
         * @description Needs the role `admin`.
         */
        get: operations["NodeTokens_list"];
        put?: never;
        /**
         * Makes a token for one host
         * @description Its text is in this answer and never shown again.
         *
         *     Needs the role `admin`.
         */
        post: operations["NodeTokens_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Nobody can join with it any more
         * @description Needs the role `admin`.
         */
        delete: operations["NodeTokens_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the channels
         * @description Needs the role `operator`.
         */
        get: operations["Channels_list"];
        put?: never;
        /**
         * Adds a channel
         * @description Nothing is sent: `POST …/test` tries it, and a rule says what goes there.
         *
         *     Needs the role `admin`.
         */
        post: operations["Channels_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications/channels/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One channel
         * @description Needs the role `operator`.
         */
        get: operations["Channels_get"];
        put?: never;
        post?: never;
        /**
         * Forgets a channel that no rule sends to
         * @description Needs the role `admin`.
         */
        delete: operations["Channels_remove"];
        options?: never;
        head?: never;
        /**
         * Changes name, settings or whether it is enabled
         * @description Needs the role `admin`.
         */
        patch: operations["Channels_update"];
        trace?: never;
    };
    "/notifications/channels/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a test message now and says what the other side answered
         * @description The answer is 200 also when it failed: see `ok`.
         *
         *     Needs the role `operator`.
         */
        post: operations["Channels_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications/channels/kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The kinds of channels and their settings
         * @description Needs the role `operator`.
         */
        get: operations["Channels_kinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists what was sent, what waits and what failed in the last 90 days, the newest first
         * @description Needs the role `operator`.
         */
        get: operations["Deliveries_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications/deliveries/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends one that failed or was dropped once more
         * @description Needs the role `operator`.
         */
        post: operations["Deliveries_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the rules
         * @description Needs the role `operator`.
         */
        get: operations["Rules_list"];
        put?: never;
        /**
         * Adds a rule; it counts from now on
         * @description Needs the role `admin`.
         */
        post: operations["Rules_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications/rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One rule
         * @description Needs the role `operator`.
         */
        get: operations["Rules_get"];
        put?: never;
        post?: never;
        /**
         * Removes a rule; what waits by it is dropped
         * @description Needs the role `admin`.
         */
        delete: operations["Rules_remove"];
        options?: never;
        head?: never;
        /**
         * Changes a rule; what waits is looked at again under its new terms
         * @description Needs the role `admin`.
         */
        patch: operations["Rules_update"];
        trace?: never;
    };
    "/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How fresh the proofs of each storage are
         * @description Needs the role `viewer`.
         */
        get: operations["Proof_show"];
        /**
         * Change how often stored objects are read back
         * @description Needs the role `admin`.
         */
        put: operations["Proof_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/proof/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read stored objects back now, those first that were not read for longest
         * @description In the background; `GET /proof` shows what came of it. Each object once at most.
         *
         *     Needs the role `operator`.
         */
        post: operations["Proof_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quotas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the quotas
         * @description What is not listed has no limit.
         *
         *     Needs the role `viewer`.
         */
        get: operations["Quotas_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quotas/{scope}/{subject}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set the quota of a site, a node or a storage provider
         * @description Needs the role `admin`.
         */
        put: operations["Quotas_set"];
        post?: never;
        /**
         * Remove a quota: no limit from now on
         * @description Needs the role `admin`.
         */
        delete: operations["Quotas_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the reports of reconciliations, newest first
         * @description Needs the role `viewer`.
         */
        get: operations["Reconcile_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reconciliations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The report of one reconciliation
         * @description Needs the role `viewer`.
         */
        get: operations["Reconcile_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reconciliations/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When every storage is reconciled by itself
         * @description Needs the role `viewer`.
         */
        get: operations["Reconcile_getSchedule"];
        /**
         * Change when every storage is reconciled by itself
         * @description Error: CRON_INVALID.
         *
         *     Needs the role `admin`.
         */
        put: operations["Reconcile_setSchedule"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What of this host's capacity is in use, and how many wait for it
         * @description Needs the role `viewer`.
         */
        get: operations["Resources_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The default retention policy
         * @description Until one is set, nothing is deleted.
         *
         *     Needs the role `viewer`.
         */
        get: operations["Retention_show"];
        /**
         * Set the default retention policy, or the grace
         * @description What it lets go is marked within the hour and deleted when the grace is over. Preview it first.
         *
         *     Needs the role `admin`.
         */
        put: operations["Retention_set"];
        post?: never;
        /**
         * Have no default policy: nothing is deleted by it from now on
         * @description Needs the role `admin`.
         */
        delete: operations["Retention_clear"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Looks for sites on this host, or on a node
         * @description With `Accept: application/x-ndjson` each find is a line, sent at once: `{"type":"found"|"problem"|"progress"|"done", …}`. A client that goes away ends the scan.
         *
         *     Needs the role `operator`.
         */
        get: operations["Scanner_scan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the schedules
         * @description Needs the role `viewer`.
         */
        get: operations["Schedules_list"];
        put?: never;
        /**
         * Make a schedule
         * @description There is one of each kind for a scope. Of two that a site is in the closest counts: site, label (the first by the alphabet), node, all.
         *
         *     Needs the role `operator`.
         */
        post: operations["Schedules_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One schedule with its next runs and newest passed slots
         * @description Needs the role `viewer`.
         */
        get: operations["Schedules_get"];
        put?: never;
        post?: never;
        /**
         * Remove a schedule
         * @description A schedule of a wider scope counts from now on.
         *
         *     Needs the role `operator`.
         */
        delete: operations["Schedules_remove"];
        options?: never;
        head?: never;
        /**
         * Change a schedule
         * @description Takes effect at once; nothing that passed is made up for.
         *
         *     Needs the role `operator`.
         */
        patch: operations["Schedules_update"];
        trace?: never;
    };
    "/schedules/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start nothing until it is resumed
         * @description Off for its sites, also where a wider one exists.
         *
         *     Needs the role `operator`.
         */
        post: operations["Schedules_pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go on with the next slot
         * @description What passed meanwhile is not made up for.
         *
         *     Needs the role `operator`.
         */
        post: operations["Schedules_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run it now for all its sites, once
         * @description Its slots stay as they are. Sites for which no job could be made are named, with the reason.
         *
         *     Needs the role `operator`.
         */
        post: operations["Schedules_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a schedule would do: in words, and its next five runs
         * @description Saves nothing.
         *
         *     Needs the role `viewer`.
         */
        post: operations["Schedules_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Settings of all schedules
         * @description Needs the role `viewer`.
         */
        get: operations["Schedules_settings"];
        /**
         * Change the settings of all schedules
         * @description Needs the role `admin`.
         */
        put: operations["Schedules_setSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Names of the keys that seal and open stored secrets
         * @description The keys themselves are never given.
         *
         *     Needs the role `admin`.
         */
        get: operations["Secrets_keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a new key and seals every stored secret with it
         * @description Where BACKUPD_SECRET_KEY names the key: seals all with that one.
         *
         *     Needs the role `admin`.
         */
        post: operations["Secrets_rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whose session this is, and how one begins */
        get: operations["Session_show"];
        put?: never;
        /**
         * Signs in
         * @description Too many failed attempts are refused for ten minutes.
         */
        post: operations["Session_login"];
        /**
         * Signs out
         * @description Idempotent.
         */
        delete: operations["Session_logout"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/password-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Sets a new password by a link, and signs the user out everywhere */
        put: operations["Session_useReset"];
        /**
         * Sends a link to set a new password to the user's e-mail address
         * @description Answers the same whether there is such a user or not.
         */
        post: operations["Session_askReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes the first account, an admin, and signs in
         * @description Needs the code of the link that the server prints at its start.
         */
        post: operations["Session_setUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the registered sites, by name
         * @description Needs the role `viewer`.
         */
        get: operations["Sites_list"];
        put?: never;
        /**
         * Registers a folder as a site
         * @description Its module says what is there, and refuses what is no site.
         *
         *     Needs the role `operator`.
         */
        post: operations["Sites_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One site
         * @description Needs the role `viewer`.
         */
        get: operations["Sites_get"];
        put?: never;
        post?: never;
        /**
         * Forgets the site
         * @description Its backups stay in storage and in the catalogue. 409 while a job of it is active.
         *
         *     Needs the role `operator`.
         */
        delete: operations["Sites_remove"];
        options?: never;
        head?: never;
        /**
         * Changes name, path, settings, excludes, overrides, labels, time zone, destinations, limits for alarms or (as admin) the retention policy
         * @description Needs the role `operator`.
         */
        patch: operations["Sites_update"];
        trace?: never;
    };
    "/sites/{id}/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Back the site up
         * @description Starts a job; follow `GET /jobs/{id}/events`.
         *
         *     Needs the role `operator`.
         */
        post: operations["SiteBackups_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{id}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets the site go on at another host, or at another path, with its history, settings and schedules
         * @description Its files are not moved: they must be there. The next backup reads all of them and stores only what is new. 409 while a job of it is active.
         *
         *     Needs the role `operator`.
         */
        post: operations["SiteMove_move"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stops backing the site up until it is resumed
         * @description Needs the role `operator`.
         */
        post: operations["Sites_pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{id}/repair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Repair the copies of all backups of the site
         * @description Starts a job that copies what is missing or damaged in one storage from another one that has it whole. When all copies are whole the answer is 409 NOTHING_TO_REPAIR, which is no fault: `backupd repair` ends with 0 then. A storage that is away is named in a `job.note` and tried again.
         *
         *     Needs the role `operator`.
         */
        post: operations["Repair_repair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Backs the site up again
         * @description Needs the role `operator`.
         */
        post: operations["Sites_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{id}/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the site's policy keeps and lets go, and why
         * @description For every backup, newest first. Changes nothing.
         *
         *     Needs the role `viewer`.
         */
        get: operations["SiteRetention_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{id}/retention/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply the site's policy now
         * @description As every hour: marks what the policy lets go, deletes what was marked and whose grace is over. Idempotent.
         *
         *     Needs the role `admin`.
         */
        post: operations["SiteRetention_apply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{id}/retention/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The same with another policy
         * @description Changes nothing.
         *
         *     Needs the role `viewer`.
         */
        post: operations["SiteRetention_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{id}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which schedule counts for the site, its next five runs, and what became of the last ones
         * @description Needs the role `viewer`.
         */
        get: operations["SiteSchedules_ofSite"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/discovered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sites that a scheduled scan has seen and that are not as registered: new, moved or gone
         * @description Empty until a schedule of the kind `scan` has run.
         *
         *     Needs the role `viewer`.
         */
        get: operations["SiteSchedules_listDiscovered"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Registers every install found in the given folders
         * @description Needs the role `operator`.
         */
        post: operations["Sites_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether all sites are safe, in one sentence
         * @description Needs the role `viewer`.
         */
        get: operations["Alarms_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the storage providers
         * @description Needs the role `viewer`.
         */
        get: operations["Storage_list"];
        put?: never;
        /**
         * Adds a storage provider
         * @description It is tested first, as `POST /storage/test` does; one that does not work is refused, and one whose place is not apart from those of the others, from the data dir and from the sites.
         *
         *     Needs the role `admin`.
         */
        post: operations["Storage_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/storage/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One storage provider
         * @description Needs the role `viewer`.
         */
        get: operations["Storage_get"];
        put?: never;
        post?: never;
        /**
         * Forgets a storage provider that holds no backups
         * @description Nothing in the storage is deleted.
         *
         *     Needs the role `admin`.
         */
        delete: operations["Storage_remove"];
        options?: never;
        head?: never;
        /**
         * Changes name, settings, default or whether it is enabled
         * @description A new place must be apart from the others, as when one is added.
         *
         *     Needs the role `admin`.
         */
        patch: operations["Storage_update"];
        trace?: never;
    };
    "/storage/{id}/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compare the storage with the catalogue
         * @description In the background; the report is filled meanwhile. A dry run unless actions are given, which need the role admin.
         *
         *     Needs the role `operator`.
         */
        post: operations["Reconcile_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/storage/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tries a storage provider step by step, as `POST /storage/test`
         * @description The answer is 200 also when something failed: see `ok`.
         *
         *     Needs the role `operator`.
         */
        post: operations["Storage_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/storage/kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The kinds of storage and their settings
         * @description Needs the role `viewer`.
         */
        get: operations["Storage_kinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/storage/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tries settings that are not saved yet: write, read, range, list, delete and what the driver needs besides, each with what is missing for it
         * @description Nothing stays of it. The answer is 200 also when something failed: see `ok`.
         *
         *     Needs the role `admin`.
         */
        post: operations["Storage_testSettings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the API tokens
         * @description Needs the role `admin`.
         */
        get: operations["Token_list"];
        put?: never;
        /**
         * Makes a token
         * @description Its text is in this answer and never shown again.
         *
         *     Needs the role `admin`.
         */
        post: operations["Token_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes a token; it is refused from then on
         * @description Needs the role `admin`.
         */
        delete: operations["Token_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is stored, by site, node or provider
         * @description The largest first.
         *
         *     Needs the role `viewer`.
         */
        get: operations["Quotas_used"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the users, the oldest first
         * @description Needs the role `admin`.
         */
        get: operations["Users_list"];
        put?: never;
        /**
         * Makes a user
         * @description Without a password the answer has a link by which the user sets one.
         *
         *     Needs the role `admin`.
         */
        post: operations["Users_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One user
         * @description Needs the role `admin`.
         */
        get: operations["Users_get"];
        put?: never;
        post?: never;
        /**
         * Removes a user, who is signed out everywhere
         * @description Needs the role `admin`.
         */
        delete: operations["Users_remove"];
        options?: never;
        head?: never;
        /**
         * Changes name, address, role, restriction or whether the user may sign in
         * @description Holds from the user's next request on.
         *
         *     Needs the role `admin`.
         */
        patch: operations["Users_update"];
        trace?: never;
    };
    "/users/{id}/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a link by which the user sets a new password: once, within a day
         * @description The present one works until then.
         *
         *     Needs the role `admin`.
         */
        post: operations["Users_resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes the user's second factor
         * @description Needs the role `admin`.
         */
        delete: operations["Users_removeFactor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the sessions of a user, the last used first
         * @description Needs the role `admin`.
         */
        get: operations["Users_listSessions"];
        put?: never;
        post?: never;
        /**
         * Signs a user out everywhere
         * @description Needs the role `admin`.
         */
        delete: operations["Users_endSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow all jobs over WebSocket
         * @description The events of `GET /events` with the same filters and replay (`lastEventId`), each as one JSON text. The token goes into the `Authorization` header; a browser, which can’t set it, offers the subprotocols `backupd.v1` and `backupd.token.<token>` (never the URL). A page must come from this host (`Origin`). The server pings every 15 s, cuts off who does not answer, does not read or has lost the token, and closes with 1001 when it stops. Too many at a time (100 of a token, 500 in all, with `GET /events`) are refused with 429.
         *
         *     Needs the role `viewer`.
         */
        get: operations["EventSockets_plain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AbortRequestDto: {
            key: string;
            /** Format: uuid */
            providerId: string;
            uploadId: string;
        };
        AddCopyDto: {
            /**
             * Format: uuid
             * @description The storage provider.
             */
            providerId: string;
        };
        AdminDatabaseDto: {
            host?: string;
            /** @description Kept sealed until the job ends; never shown. */
            password: string;
            /** @example root */
            user: string;
        };
        AdmitRequestDto: {
            /** @description Of bundle and manifest together. */
            bytes: number;
            /**
             * Format: uuid
             * @default null
             */
            parentId: string | null;
            /** Format: uuid */
            providerId: string;
        };
        AlarmDto: {
            /** @description When somebody had seen it: no more reminders. */
            acknowledgedAt: string | null;
            /** @description Name of the token. */
            acknowledgedBy: string | null;
            /** @description Null while it is open. */
            clearedAt: string | null;
            /** @description The figures behind it; which ones depends on the kind. */
            context: {
                [key: string]: unknown;
            };
            /** @description What to do. */
            hint: string | null;
            id: string;
            /** @enum {string} */
            kind: "backup.overdue" | "backup.failed" | "backup.partial" | "backup.shrunk" | "copy.damaged" | "proof.overdue" | "quota.near" | "storage.unreachable" | "node.offline" | "disk.low" | "site.vanished" | "notification.undelivered";
            /** @description When it was last found to be so. */
            lastSeenAt: string;
            /** @description What is wrong, as a sentence. */
            message: string;
            providerId: string | null;
            raisedAt: string;
            /** @enum {string} */
            severity: "warning" | "critical";
            siteId: string | null;
            /** @description What it is about within its kind: the id of a site, storage or channel, or a path. */
            subject: string;
        };
        AlarmPageDto: {
            items: components["schemas"]["AlarmDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        AlarmSettingsDto: {
            /**
             * @description A disk is low with less than so many percent free; 0 = only when the largest bundles would not fit.
             * @example 10
             */
            diskPercent: number;
            /**
             * @description The same of files.
             * @example 50
             */
            filesPercent: number;
            /**
             * @description So many minutes after a slot of its schedule a site must have a good backup. Null: half the time until the next slot, at least an hour
             *     and at most a day.
             * @example null
             */
            graceMinutes: number | null;
            /**
             * @description A quota is nearly used up from so many percent on.
             * @example 80
             */
            quotaPercent: number;
            /**
             * @description The same of rows in all tables.
             * @example 50
             */
            rowsPercent: number;
            /**
             * @description A backup with so many percent fewer bytes than the one before is an alarm; 0 = never. Sites may have their own limit.
             * @example 50
             */
            sizePercent: number;
        };
        AlarmsStatusDto: {
            acknowledged: number;
            critical: number;
            warning: number;
        };
        ApproveDto: {
            /** @description How the node is called; as the host asks when absent. That of a node whose key was revoked puts the host in its place, with its sites. */
            name?: string;
        };
        AskResetDto: {
            /** @description The user's name or e-mail address. */
            name: string;
        };
        AttemptDto: {
            endedAt: string;
            error: components["schemas"]["JobErrorDto"] | null;
            /** @description 1 is the first. */
            number: number;
            /**
             * @description `postponed` = tried again later by itself; `cut-off` = its process was killed; `interrupted` = backupd was stopped.
             * @enum {string}
             */
            outcome: "completed" | "failed" | "cancelled" | "postponed" | "interrupted" | "cut-off";
            /** @description The stage that failed or was cut off. */
            stage: string | null;
            startedAt: string | null;
        };
        AuditEntryDto: {
            /** @example sites.update */
            action: string;
            /**
             * @description `token` = a program, `user` = a person, `system` = backupd by itself, `nobody` = a request that was not let in.
             * @enum {string}
             */
            actor: "token" | "user" | "system" | "nobody";
            /** @description Id of the token or the user. */
            actorId: string | null;
            /**
             * @description The name at that time.
             * @example deploy script
             */
            actorName: string | null;
            /**
             * @description The caller's address.
             * @example 192.0.2.7
             */
            address: string | null;
            /**
             * @description When its answer was known.
             * @example 2026-03-01T03:00:04.000Z
             */
            at: string;
            /** @description What was asked. Whatever could be a secret is `***`. */
            details: {
                [key: string]: unknown;
            };
            /**
             * @description Code of the error that was answered.
             * @example ROLE_TOO_LOW
             */
            error: string | null;
            id: number;
            /** @example operator */
            role: string | null;
            /**
             * @description HTTP status of the answer.
             * @example 200
             */
            status: number | null;
            /** @description Id of what it was done to. */
            targetId: string | null;
            userAgent: string | null;
        };
        AuditPageDto: {
            items: components["schemas"]["AuditEntryDto"][];
            /** @description Give it as `cursor` for the next page; null = this was the last. */
            nextCursor: number | null;
        };
        BackupDto: {
            /** @description Key of the bundle in the storages. */
            bundleKey: string;
            /** @description How many bundles its content lies in, its own and those of earlier backups. */
            bundles: number;
            bundleSha256: string;
            copies: components["schemas"]["CopyDto"][];
            /** @description When the site was read. */
            createdAt: string;
            databaseBytes: number;
            /** @description Retention has let it go: it is deleted after this time unless it is kept (`POST /backups/{id}/keep`). */
            expiresAt: string | null;
            fileCount: number;
            id: string;
            jobId: string;
            /** @description The backup it was compared with; null for a full one. */
            parentBackupId: string | null;
            /** @description Never deleted by retention or a quota, and not by hand either until it is unpinned. */
            pinned: boolean;
            /** @example before the relaunch */
            pinNote: string | null;
            /** @description Rows in all tables; null without a database, or where nobody counted. */
            rowCount: number | null;
            siteId: string;
            siteName: string;
            /** @description Files and database as they are on the host, in bytes. */
            sourceBytes: number;
            /** @description What this backup added to the storage, in bytes. */
            storedBytes: number;
            /** @description How many warnings the backup ended with; above 0 it is partial. */
            warnings: number;
        };
        BackupModuleDto: {
            /** @description Whether it can find its sites on disk. */
            canDiscover: boolean;
            /** @example wordpress */
            name: string;
            /** @description Stages of its restores; null when it can't restore. */
            restoreStages: string[] | null;
            /** @description JSON schema of a site's settings. */
            settingsSchema: {
                [key: string]: unknown;
            };
            /**
             * @description Stages of its backups, in order.
             * @example [
             *       "backup_db",
             *       "backup_files",
             *       "create_bundle",
             *       "upload_remote",
             *       "cleanup"
             *     ]
             */
            stages: string[];
            /** @example WordPress */
            title: string;
        };
        BackupModuleListDto: {
            items: components["schemas"]["BackupModuleDto"][];
        };
        BackupPageDto: {
            items: components["schemas"]["BackupDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        BandwidthDto: {
            /** @description Megabits a second; 0 = unlimited. */
            limitMbps: number;
            /** @description Upload bytes let through within the last second. */
            usedBytesLastSecond: number;
        };
        BeginRequestDto: {
            /**
             * Format: uuid
             * @description The backup that it is compared with.
             * @default null
             */
            parentId: string | null;
            providerIds: string[];
        };
        BlackoutDto: {
            /** @description Only on these weekdays (of `from`): 1 = Monday … 7 = Sunday. All when absent. */
            days?: number[];
            /** @example 08:00 */
            from: string;
            /**
             * @description Past midnight where it is earlier than `from`.
             * @example 20:00
             */
            until: string;
        };
        CatalogueDto: {
            backups: number;
            /** @description Neither sites nor backups: a lost server can be recovered into it. */
            empty: boolean;
            /** @description When the catalogue was last backed up; null = never. */
            lastBackupAt: string | null;
            sites: number;
            /** @description The newest task since the server's start. */
            task: components["schemas"]["CatalogueTaskDto"] | null;
        };
        CatalogueTaskDto: {
            error: components["schemas"]["CatalogueTaskErrorDto"] | null;
            finishedAt: string | null;
            id: string;
            /** @enum {string} */
            kind: "backup" | "rebuild" | "recover";
            /**
             * @description Counts that grow while it runs.
             * @example {
             *       "sites": 3,
             *       "backups": 120
             *     }
             */
            progress: {
                [key: string]: number;
            };
            /** @description What came of it: what was adopted, known, damaged, incomplete; where a backup was stored. Null until it has ended well. */
            report: {
                [key: string]: unknown;
            } | null;
            startedAt: string;
            /** @enum {string} */
            status: "running" | "completed" | "failed";
        };
        CatalogueTaskErrorDto: {
            code: string;
            hint: string | null;
            message: string;
        };
        ChangePasswordDto: {
            current: string;
            /** @description At least 10 characters. */
            password: string;
        };
        ChannelDto: {
            createdAt: string;
            enabled: boolean;
            id: string;
            /** @enum {string} */
            kind: "email" | "slack" | "discord" | "teams" | "telegram" | "ntfy" | "webhook" | "healthchecks" | "uptime-kuma";
            name: string;
            settings: {
                [key: string]: unknown;
            };
            updatedAt: string;
        };
        ChannelKindDto: {
            /** @enum {string} */
            kind: "email" | "slack" | "discord" | "teams" | "telegram" | "ntfy" | "webhook" | "healthchecks" | "uptime-kuma";
            /** @description A dead-man switch: gets a ping at each start and end of a job, and no messages. */
            pings: boolean;
            /** @description Names of the settings that are sealed and never returned. */
            secretSettings: string[];
            /** @description JSON schema of the settings. */
            settingsSchema: {
                [key: string]: unknown;
            };
            title: string;
        };
        ChannelPageDto: {
            items: components["schemas"]["ChannelDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        ChannelTestDto: {
            durationMs: number;
            error: components["schemas"]["ChannelTestErrorDto"] | null;
            ok: boolean;
            /** @description The HTTP or SMTP answer, without secrets; null when there was none. */
            response: string | null;
        };
        ChannelTestErrorDto: {
            code: string;
            hint: string | null;
            message: string;
        };
        CheckDto: {
            /** @description What to do about it. */
            hint: string | null;
            /** @example /var/lib/backupd has 52.1 GB free. */
            message: string;
            /** @example space of the data dir */
            name: string;
            /** @enum {string} */
            status: "failed" | "ok" | "warning";
        };
        CollectAnswerDto: {
            /** @description With `approved`: another one each time until one is used; then never again. */
            key?: string;
            /** @description With `approved`. */
            name?: string;
            /** @description With `approved`. */
            nodeId?: string;
            /** @enum {string} */
            status: "waiting" | "refused" | "expired" | "approved";
        };
        CollectDto: {
            /** @description The one that the request was made with. */
            secret: string;
        };
        CommitRequestDto: {
            bundleKey: string;
            bundles: components["schemas"]["CommittedBundleDto"][];
            bundleSha256: string;
            bundleSize: number;
            copies: components["schemas"]["CommittedCopyDto"][];
            databaseBytes: number;
            fileCount: number;
            manifestKey: string;
            manifestSha256: string;
            manifestSize: number;
            missing: string[];
            /**
             * Format: uuid
             * @default null
             */
            parentBackupId: string | null;
            /** @default null */
            rowCount: number | null;
            sourceBytes: number;
            storedBytes: number;
        };
        CommittedBundleDto: {
            key: string;
            own: boolean;
            sha256: string;
            size: number;
        };
        CommittedCopyDto: {
            /** Format: uuid */
            providerId: string;
            size: number;
        };
        CompleteRequestDto: {
            key: string;
            parts: components["schemas"]["SentPartDto"][];
            /** Format: uuid */
            providerId: string;
            sha256: string;
            size: number;
            uploadId: string;
        };
        ConfirmFactorDto: {
            /** @description That the authenticator app shows. */
            code: string;
        };
        ConfirmPasswordDto: {
            password: string;
        };
        CopyDto: {
            providerId: string;
            /**
             * @description Null when the provider is gone.
             * @example local
             */
            providerName: string | null;
            /** @enum {string} */
            state: "uploading" | "present" | "verified" | "damaged" | "missing";
            /** @description When every byte of it was last read back and right. */
            verifiedAt: string | null;
        };
        CreateChannelDto: {
            /**
             * @description One of `GET /notifications/channels/kinds`.
             * @example slack
             */
            kind: string;
            /** @example on call */
            name: string;
            /**
             * @description Settings of the kind; secret ones are sealed and shown as `***` from then on.
             * @example {
             *       "url": "https://hooks.slack.com/services/T0/B0/x"
             *     }
             */
            settings: {
                [key: string]: unknown;
            };
        };
        CreatedNodeTokenDto: {
            createdAt: string;
            expiresAt: string;
            /** @example bkj_x7Qa */
            hint: string;
            id: string;
            /** @description The node's name, where it is fixed. */
            name: string | null;
            /** @enum {string} */
            state: "valid" | "used" | "expired";
            token: string;
            usedAt: string | null;
            /** @description Id of the node that joined with it. */
            usedBy: string | null;
        };
        CreatedTokenDto: {
            createdAt: string;
            expiresAt: string | null;
            /**
             * @description How its text begins.
             * @example bkd_x7Qa
             */
            hint: string;
            id: string;
            lastUsedAt: string | null;
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "admin";
            token: string;
        };
        CreatedUserDto: {
            createdAt: string;
            disabled: boolean;
            email: string | null;
            id: string;
            lastSeenAt: string | null;
            name: string;
            /** @description To set a password with, where none was given. */
            reset: components["schemas"]["ResetLinkDto"] | null;
            restriction: components["schemas"]["RestrictionDto"] | null;
            role: components["schemas"]["Role"];
            /** @description Whether signing in needs a code. */
            secondFactor: boolean;
        };
        CreateHookDto: {
            /**
             * @description A program and its arguments, run as the owner of the site and never as root. No shell sees it; whoever wants one names it.
             * @example [
             *       "wp",
             *       "cache",
             *       "flush"
             *     ]
             */
            command?: string[];
            /** @description Default true. */
            enabled?: boolean;
            /** @description Headers of the request. Kept sealed, never shown. */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description Kinds of jobs. Default: backups.
             * @default [
             *       "backup"
             *     ]
             */
            jobs: ("backup" | "restore" | "verify" | "repair")[];
            /** @description Only for sites with this label. */
            label?: string | null;
            /**
             * @description `POST` and `PUT` carry the facts as JSON. Default `POST`.
             * @enum {string}
             */
            method?: "GET" | "POST" | "PUT";
            /**
             * @description `before:<stage>`, `after:<stage>`, or after the run: `success`, `partial` (completed with warnings), `failure` (failed or cancelled).
             * @example before:backup_db
             */
            moment: string;
            /** @example flush the cache */
            name: string;
            /**
             * @description What a failure does: `ignore`, `warn` (the job completes with a warning), `fail` (the job fails), `retry` (two more tries, then as
             *     `fail`). After the run nothing can fail any more: there `fail` is refused, and `retry` ends as `warn`. Default `warn`.
             * @enum {string}
             */
            onFailure?: "ignore" | "warn" | "fail" | "retry";
            /** @description Of several at one moment the smaller goes first. Default 0. */
            position?: number;
            /**
             * Format: uuid
             * @description Only for this site. Neither this nor a label: for every site.
             */
            siteId?: string | null;
            /** @description The hook is ended after so many seconds, with all it started. Default 60, at most 1200. */
            timeLimitSeconds?: number;
            /**
             * @description Where a request goes. Kept sealed; only its beginning is ever shown.
             * @example https://hooks.example.com/backupd
             */
            url?: string;
        };
        CreateNodeTokenDto: {
            /**
             * @description For how long it is valid.
             * @default 60
             */
            expiresInMinutes: number;
            /** @description How the node is called; as the host asks when absent. That of a node whose key was revoked puts the host in its place, with its sites. */
            name?: string;
        };
        CreateRuleDto: {
            /** @description Where it goes. */
            channelIds: string[];
            /** @description Null = at once: as soon as for half a minute nothing more came, after five minutes at the latest. */
            digest?: components["schemas"]["DigestDto"] | null;
            enabled?: boolean;
            /**
             * @description What is told: `job.failed`, `job.partial`, `job.completed:backup`, `alarm.*`, `alarm:backup.overdue`, `site.*`, `schedule.missed`, `*`, …
             * @example [
             *       "job.failed",
             *       "alarm.*"
             *     ]
             */
            events: string[];
            /** @description Only of sites with one of these labels (or of `siteIds`); null = of all. */
            labels?: string[] | null;
            /**
             * @description What matters less is not told. Dead-man switches get their pings all the same.
             * @enum {string}
             */
            minSeverity?: "info" | "warning" | "critical";
            /** @example failures to the team */
            name: string;
            /** @description Null = none. */
            quietHours?: components["schemas"]["QuietHoursDto"] | null;
            /** @description Whether it is told when what was told is over. Yes when absent. */
            recovered?: boolean;
            /** @description An alarm that nobody acknowledges is told again after so many hours; null = never. */
            remindHours?: number | null;
            /** @description Only of these sites (or those with one of `labels`); null = of all. What is about no site is told by rules without both only. */
            siteIds?: string[] | null;
        };
        CreateScheduleDto: {
            /** @description When nothing is started: a slot that falls in there waits until the end. */
            blackouts?: components["schemas"]["BlackoutDto"][];
            /** @description Each site's runs are late by up to so many seconds, always the same for a site, and never beyond the next slot. */
            jitterSeconds?: number;
            /** @enum {string} */
            kind: "backup" | "verify" | "retention" | "reconcile" | "scan";
            /** @description So many jobs of this schedule at a time on one host; null = no limit of its own. */
            maxPerNode?: number | null;
            /**
             * @description After a downtime: one run for all slots that passed, or none. `run-once` when never given.
             * @enum {string}
             */
            missed?: "run-once" | "skip";
            /** @description Made from kind and scope when it was never given. */
            name?: string;
            /** @description Replaced as a whole. */
            options?: components["schemas"]["ScheduleOptionsDto"];
            /** @description A paused schedule starts nothing; for the sites it is for it is off, also where one of a wider scope exists. */
            paused?: boolean;
            rhythm: components["schemas"]["RhythmDto"];
            /**
             * @description Of two of the same kind the closest counts: site, label (the first by the alphabet), node, all.
             * @enum {string}
             */
            scope: "all" | "node" | "label" | "site";
            /** @description Site id, label, or id of a node; null for `all`, and for the master's own host. */
            scopeValue?: string | null;
            /**
             * @description IANA name; null = each site's own, else the installation's.
             * @example Europe/Berlin
             */
            timeZone?: string | null;
        };
        CreateSiteDto: {
            /**
             * @description Where its backups go; null = the default storages. With `all`, after a storage was added the next backup is a full one, stored on
             *     each of them; earlier backups are not copied (`POST /backups/{id}/copies` does).
             */
            destinations?: components["schemas"]["SiteDestinationsDto"] | null;
            /**
             * @description What to leave out, each from the site's root on.
             * @example [
             *       "/wp-content/cache"
             *     ]
             */
            excludes?: string[];
            /**
             * @description Words by which schedules, hooks and notifications choose sites.
             * @example [
             *       "shop",
             *       "customer-a"
             *     ]
             */
            labels?: string[];
            /**
             * @description Backup module; see `GET /modules`. `wordpress` when absent.
             * @example wordpress
             */
            module?: string;
            /**
             * @description Taken from the site itself when it was never given.
             * @example Example shop
             */
            name?: string;
            /**
             * Format: uuid
             * @description The node it is on; null or absent = the master's own host.
             */
            nodeId?: string | null;
            /**
             * @description Values to use in place of what the site's configuration says. Those named like secrets are sealed; `***` leaves one as it is.
             * @example {
             *       "DB_HOST": "127.0.0.1"
             *     }
             */
            overrides?: {
                [key: string]: string;
            };
            /**
             * @description Absolute path of the site's folder on its host.
             * @example /var/www/example.com
             */
            path: string;
            /** @description Settings of the module. */
            settings?: {
                [key: string]: unknown;
            };
            /**
             * @description IANA name, e.g. `Europe/Berlin`; null = the installation's.
             * @example Europe/Berlin
             */
            timeZone?: string | null;
        };
        CreateStorageDto: {
            /**
             * @description Whether sites without a list of their own store here; several may be, for as many copies.
             *     After one was added the next backup of each such site is a full one, stored on each of its storages; earlier backups are not copied.
             */
            isDefault?: boolean;
            /**
             * @description The driver.
             * @example local
             */
            kind: string;
            /** @example second disk */
            name: string;
            /**
             * @description Settings of the driver; secret ones are sealed and never shown again.
             * @example {
             *       "path": "/mnt/backup-disk/backupd"
             *     }
             */
            settings: {
                [key: string]: unknown;
            };
        };
        CreateTokenDto: {
            /**
             * Format: date-time
             * @description When it ends; never when absent.
             * @example 2030-01-01T00:00:00Z
             */
            expiresAt?: string;
            /**
             * @description What it is for.
             * @example deploy script
             */
            name: string;
            /**
             * @description What it may do: viewers read, operators also back up and restore, admins also manage.
             * @enum {string}
             */
            role: "viewer" | "operator" | "admin";
        };
        CreateUserDto: {
            /**
             * @description To have the password reset by mail.
             * @example bernd@example.com
             */
            email?: string | null;
            /**
             * @description To sign in with.
             * @example bernd
             */
            name: string;
            /** @description At least 10 characters; when absent, the answer has a link to set one. */
            password?: string;
            /** @description The only sites that the user may see and touch; absent or null = all. Not for admins. */
            restriction?: components["schemas"]["RestrictionDto"] | null;
            /**
             * @description What the user may do: viewers read, operators also back up and restore, admins also manage.
             * @enum {string}
             */
            role: "viewer" | "operator" | "admin";
        };
        DaemonErrorDto: {
            code: string;
            hint: string | null;
            message: string;
        };
        DaemonFoundSiteDto: {
            /** @description False for a candidate that is no install. */
            is_valid: boolean;
            /** @example wordpress */
            module: string;
            reason: string;
            /** @example Example shop */
            site_name: string | null;
            /** @example /var/www/example.com */
            site_path: string;
            site_url: string | null;
        };
        DaemonProblemDto: {
            message: string;
            path: string;
        };
        DaemonResetDto: {
            site_id: string;
            /** @example idle */
            status: string;
            success: boolean;
        };
        DaemonScanDto: {
            count: number;
            problems: components["schemas"]["DaemonProblemDto"][];
            sites: components["schemas"]["DaemonFoundSiteDto"][];
            success: boolean;
        };
        DaemonStageDto: {
            details: {
                [key: string]: unknown;
            };
            duration_seconds: number | null;
            message: string | null;
            /** @enum {string} */
            status: "pending" | "running" | "completed" | "failed" | "skipped";
        };
        DaemonStartDto: {
            /** @description Any text the caller knows the site by, or backupd's own id. */
            site_id: string;
            /** @example Example shop */
            site_name?: string;
            /** @example /var/www/example.com */
            site_path?: string;
        };
        DaemonStartedDto: {
            job_id: string;
            /** @description As given. */
            site_id: string;
            /** @example running */
            status: string;
            success: boolean;
        };
        DaemonStatusDto: {
            error: components["schemas"]["DaemonErrorDto"] | null;
            finished_at: string | null;
            job_id: string | null;
            /** @description Of the whole job, 0 to 100. */
            progress: number;
            site_id: string;
            /** @description The running stage, or the one it ended in. */
            stage: string | null;
            /** @description By name, in order. */
            stages: {
                [key: string]: components["schemas"]["DaemonStageDto"];
            };
            started_at: string | null;
            /** @enum {string} */
            status: "idle" | "pending" | "running" | "completed" | "failed" | "cancelled";
            success: boolean;
            warnings: components["schemas"]["DaemonWarningDto"][];
        };
        DaemonStopDto: {
            site_id: string;
        };
        DaemonStoppedDto: {
            job_id: string;
            site_id: string;
            /**
             * @description `stopping` while the running stage ends.
             * @example cancelled
             */
            status: string;
            success: boolean;
        };
        DaemonVerifiedSiteDto: {
            /** @description Safe facts: version, database name, … */
            details: {
                [key: string]: unknown;
            };
            path: string;
            /** @description Why not. */
            reason: string | null;
            site_name: string | null;
            site_url: string | null;
            success: boolean;
            /** @description Whether there is a site that can be backed up. */
            valid: boolean;
        };
        DaemonVerifySiteDto: {
            /** @example /var/www/example.com */
            path: string;
        };
        DaemonWarningDto: {
            code: string;
            message: string;
        };
        DamagedRequestDto: {
            keys: string[];
            providerIds: string[];
        };
        DatabaseObjectChangeDto: {
            /** @enum {string} */
            change: "added" | "removed" | "changed";
            /**
             * @description view, trigger, routine, event; file for a database that is one.
             * @example view
             */
            kind: string;
            /** @description Null when only the kind is known. */
            name: string | null;
        };
        DatabasePreviewDto: {
            create: string[];
            createDatabase: boolean;
            /** @description Tables of the site made after the backup; kept in a safety dump. */
            drop: string[];
            host: string;
            name: string;
            replace: string[];
        };
        DeliveryDto: {
            attempts: number;
            channelId: string;
            /** @description Null when the channel is gone. */
            channelName: string | null;
            /** @description How often it happened until it was sent. */
            count: number;
            createdAt: string;
            /** @description Why it was not sent; without secrets. */
            error: string | null;
            id: string;
            jobId: string | null;
            /** @description When it is sent or tried again at the earliest; null when it is over. */
            nextAttemptAt: string | null;
            /** @description The last HTTP or SMTP answer, without secrets. */
            response: string | null;
            /** @description Null = a test or a heartbeat. */
            ruleId: string | null;
            sentAt: string | null;
            severity: string;
            siteId: string | null;
            siteName: string | null;
            /** @enum {string} */
            state: "waiting" | "sent" | "failed" | "dropped";
            text: string;
            /** @example job.failed */
            type: string;
            /** @example backup failed */
            what: string;
        };
        DeliveryPageDto: {
            items: components["schemas"]["DeliveryDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        DestinationDto: {
            /** Format: uuid */
            id: string;
            /** @description With `failover`: how large a share of the sites prefers this provider. 1 when absent; 0 = only when the others fail. */
            weight?: number;
        };
        DiffSideDto: {
            /** @example 420 */
            mode: number;
            /** @description Nanoseconds since 1970, as text. */
            mtime: string;
            size: number;
            /** @enum {string} */
            type: "file" | "dir" | "symlink" | "hardlink" | "fifo";
        };
        DiffTotalsDto: {
            added: number;
            changed: number;
            /** @description Bytes of files that are gone or had other content. */
            goneBytes: number;
            /** @description Bytes of files that are new or have other content. */
            newBytes: number;
            removed: number;
        };
        DigestDto: {
            /**
             * @description With `day`: when. 08:00 when absent.
             * @example 08:00
             */
            at?: string;
            /** @enum {string} */
            every: "hour" | "day";
            /** @description Zone of `at`, IANA name; UTC when absent. */
            timeZone?: string;
        };
        DiscoveredSiteDto: {
            description: components["schemas"]["FoundDescriptionDto"] | null;
            isInstall: boolean;
            /** @example wordpress */
            module: string;
            /** @example /var/www/example.com */
            path: string;
            /** @description Why it is, or is not, an install. */
            reason: string;
        };
        DiscoveredSiteEntryDto: {
            foundAt: string;
            lastSeenAt: string;
            module: string;
            movedFrom: string | null;
            name: string;
            /** @description The host it is on; null = the master's own. */
            nodeId: string | null;
            nodeName: string | null;
            path: string;
            /** @description The registered site that it is or was. */
            siteId: string | null;
            /**
             * @description `new`: not registered. `moved`: was at `movedFrom`. `vanished`: a registered site that is not there any more.
             * @enum {string}
             */
            state: "new" | "moved" | "vanished";
            vanishedAt: string | null;
        };
        DiscoveredSitePageDto: {
            items: components["schemas"]["DiscoveredSiteEntryDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        DoctorDto: {
            checks: components["schemas"]["CheckDto"][];
            /** @description No check failed (there may be warnings). */
            ok: boolean;
        };
        FieldFaultDto: {
            /** @example path */
            field: string;
            /** @example path must be an absolute path */
            message: string;
        };
        FileChangeDto: {
            after?: components["schemas"]["DiffSideDto"];
            before?: components["schemas"]["DiffSideDto"];
            /** @enum {string} */
            change: "added" | "removed" | "changed";
            /**
             * @description For showing.
             * @example files/wp-config.php
             */
            name: string;
            /** @example files/wp-config.php */
            path?: string;
            /** @description In place of `path`, where that is not UTF-8. */
            pathBase64?: string;
            /** @description What of it is different. */
            what: ("type" | "content" | "target" | "mode" | "owner" | "mtime" | "xattrs")[];
        };
        FileDiffDto: {
            /** @description The earlier backup. */
            from: string;
            items: components["schemas"]["FileChangeDto"][];
            /** @description Give it back to get more; null at the end. */
            nextCursor: string | null;
            /** @description The later backup. */
            to: string;
            /** @description Of all pages; null when a cursor was given. */
            totals: components["schemas"]["DiffTotalsDto"] | null;
        };
        FilesPreviewDto: {
            /** @description To write; with `delta`, those of the files that look different. */
            bytes: number;
            create: number;
            delete: number;
            replace: number;
            /** @description Some of the paths that would change. */
            sample: string[];
            unchanged: number;
        };
        FindingDto: {
            /**
             * @description What was done about it; `waiting`: a later run may do it.
             * @enum {string}
             */
            action: "none" | "adopted" | "marked" | "deleted" | "waiting" | "failed";
            expectedBytes: number | null;
            key: string;
            /**
             * @description `orphan` stored, but unknown; `missing` known, but not stored; `size` of another size; `foreign` not of backupd.
             * @enum {string}
             */
            kind: "orphan" | "missing" | "size" | "foreign";
            /** @description Why it waits, or what failed. */
            note: string | null;
            storedBytes: number | null;
        };
        FolderItemDto: {
            /** @description It changed while it was read. */
            changed?: boolean;
            /** @description Files below a folder. */
            files: number;
            gid?: number;
            group?: string;
            /** @example 420 */
            mode?: number;
            /** @description Nanoseconds since 1970, as text. */
            mtime?: string;
            /**
             * @description For showing.
             * @example wp-config.php
             */
            name: string;
            /**
             * @description To ask for next.
             * @example files/wp-config.php
             */
            path?: string;
            /** @description In place of `path`, where that is not UTF-8. */
            pathBase64?: string;
            /** @description Of a folder: the sum of all files below. */
            size: number;
            target?: string;
            /** @enum {string} */
            type: "file" | "dir" | "symlink" | "hardlink" | "fifo";
            uid?: number;
            user?: string;
        };
        FolderListingDto: {
            items: components["schemas"]["FolderItemDto"][];
            /** @description Give it back to get more; null at the end. */
            nextCursor: string | null;
        };
        FoundDescriptionDto: {
            facts: {
                [key: string]: unknown;
            };
            name: string;
            path: string;
            unknown: string[];
            url: string | null;
            warnings: string[];
        };
        FreedDto: {
            bytes: number;
            objects: number;
            providerId: string;
            providerName: string | null;
        };
        HealthDetailsDto: {
            /** @description Whether the database answers. */
            database: boolean;
            /** @enum {string} */
            mode: "node" | "master";
            /** @description Whether the job queue answers. */
            queue: boolean;
            /** @description False while the server starts and while it stops. */
            running: boolean;
            /** @description Whether the schema is the one that this version knows. */
            schema: boolean;
            /** @enum {string} */
            status: "ready" | "unavailable";
            /** @description Since this process began. */
            uptimeSeconds: number;
            /** @example 0.1.0 */
            version: string;
        };
        HealthDto: {
            /** @enum {string} */
            database: "failed" | "ok";
            /** @enum {string} */
            mode: "node" | "master";
            /**
             * @description `ok`, or `degraded` when the database does not answer.
             * @enum {string}
             */
            status: "ok" | "degraded";
            /** @example 0.1.0 */
            version: string;
        };
        HeartbeatAnswerDto: {
            /** @description Runs that a person wants stopped. */
            cancel: string[];
            /** @description Jobs whose work folders may go. */
            drop: string[];
            /** @description When the next one is expected. */
            everySeconds: number;
            /** @description The master's limits; null = only the node's own. */
            limits: components["schemas"]["NodeLimitsDto"] | null;
            /** @description Runs that are no longer the node's. */
            lost: string[];
            name: string;
            nodeId: string;
            /** @description The node is to fetch another key. */
            rotateKey?: boolean;
        };
        HeartbeatDto: {
            /** @description Ended jobs whose litter the node has taken back since. */
            cleared: string[];
            facts: components["schemas"]["NodeFactsDto"];
            /** @description The first one of this process: what it does not hold it has lost. */
            isFirst: boolean;
            load: components["schemas"]["NodeLoadDto"];
            /** @description Runs that the node works on, or whose reports it has not delivered yet. */
            runs: components["schemas"]["HeldRunDto"][];
            /** @description Jobs with a work folder on the node. */
            workOf: string[];
        };
        HeldRunDto: {
            /** Format: uuid */
            jobId: string;
            /** Format: uuid */
            runId: string;
        };
        HistoryPointDto: {
            /** @description Begin of the step. */
            at: string;
            /** @description The least free share of any disk, from 0 to 1. */
            diskFreeShare: number | null;
            /** @description Heartbeats in it, one every 15 seconds; fewer = the node was away for a part of it. */
            heartbeats: number;
            /** @description Mean of the load average. */
            load1: number;
            /** @description Mean. */
            memoryFreeBytes: number;
            receivedBytes: number;
            /** @description Mean number of runs on it. */
            runs: number;
            /** @description Bytes that the host sent in this step. */
            sentBytes: number;
        };
        HookDto: {
            /** @description Null = a request. */
            command: string[] | null;
            createdAt: string;
            enabled: boolean;
            /** @description Names of the headers. */
            headerNames: string[];
            id: string;
            jobs: ("backup" | "restore" | "verify" | "repair")[];
            label: string | null;
            /** @example POST */
            method: string | null;
            moment: string;
            name: string;
            /** @enum {string} */
            onFailure: "ignore" | "warn" | "fail" | "retry";
            /**
             * @description The beginning of the URL: scheme and host.
             * @example https://hooks.example.com
             */
            origin: string | null;
            position: number;
            siteId: string | null;
            timeLimitSeconds: number;
            updatedAt: string;
        };
        HookPageDto: {
            items: components["schemas"]["HookDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        HooksRequestDto: {
            /** @example before:backup_db */
            moment: string;
        };
        HookTestDto: {
            /** @example exit code 0 */
            end: string;
            ok: boolean;
            /** @description The end of what it said (4 KiB). */
            output: string;
            seconds: number;
            tries: number;
        };
        ImportResultDto: {
            created: components["schemas"]["SiteDto"][];
            /** @description Registered before. */
            existing: components["schemas"]["SiteDto"][];
            skipped: components["schemas"]["SkippedSiteDto"][];
        };
        ImportSitesDto: {
            /**
             * Format: uuid
             * @description The node to look on; null or absent = the master's own host.
             */
            nodeId?: string | null;
            /**
             * @description Folders, each of which is a site.
             * @example [
             *       "/var/www/example.com"
             *     ]
             */
            paths?: string[];
            /**
             * @description Folders to scan.
             * @example [
             *       "/var/www"
             *     ]
             */
            roots?: string[];
        };
        JobDto: {
            /** @description 0 before the first run; more than 1 when it was cut off or met a passing fault. */
            attempt: number;
            /** @description Runs that are over, oldest first; the newest 20. */
            attempts: components["schemas"]["AttemptDto"][];
            /** @description The backup that was made, restored or verified. */
            backupId: string | null;
            createdAt: string;
            error: components["schemas"]["JobErrorDto"] | null;
            finishedAt: string | null;
            id: string;
            /** @description Bytes kept in its work folder. */
            keptBytes: number | null;
            /** @description Until then a failed backup keeps what it had made, and a retry goes on from there; it goes earlier when the site’s next backup begins or the disk is nearly full. null = nothing is kept. */
            keptUntil: string | null;
            /** @enum {string} */
            kind: "backup" | "restore" | "verify" | "repair";
            /** @description The node that runs it; null = the master's own host. */
            nodeId: string | null;
            priority: number;
            progress: components["schemas"]["ProgressDto"] | null;
            /**
             * @description What was asked for, without secrets.
             * @example {
             *       "full": false,
             *       "reread": false
             *     }
             */
            request: {
                [key: string]: unknown;
            };
            result: {
                [key: string]: unknown;
            } | null;
            /** @description When a waiting job is tried again; null = as soon as there is room. */
            retryAt: string | null;
            siteId: string;
            siteName: string;
            stages: components["schemas"]["StageDto"][];
            startedAt: string | null;
            /**
             * @description Partial success is `completed` with a `warningCount` above 0.
             * @enum {string}
             */
            status: "pending" | "running" | "completed" | "failed" | "cancelled";
            /** @description All warnings, also those not kept. */
            warningCount: number;
            /** @description The first 200. */
            warnings: components["schemas"]["JobWarningDto"][];
        };
        JobErrorDto: {
            /** @example NO_STORAGE */
            code: string;
            context: {
                [key: string]: unknown;
            };
            hint: string | null;
            message: string;
        };
        JobPageDto: {
            items: components["schemas"]["JobDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        JobWarningDto: {
            /** @example FILE_CHANGED */
            code: string;
            context: {
                [key: string]: unknown;
            };
            message: string;
        };
        JoinRequestAnswerDto: {
            /**
             * @description What an admin compares and approves; null when the token did it.
             * @example K7PD-3QXN
             */
            code: string | null;
            expiresInSeconds: number;
            requestId: string;
        };
        JoinRequestDto: {
            /** @example web1.example.com */
            hostname: string;
            /** @description How the node is to be called; the host name when absent. */
            name?: string;
            /** @description Random text of the node's own: the key is handed out only to who knows it. */
            secret: string;
            /** @description A one-time token: approves the request at once. */
            token?: string;
            /** @description Of its backupd. */
            version: string;
        };
        LastBackupDto: {
            createdAt: string;
            id: string;
            /** @description When a copy of it was last read back whole: the proof that it can be restored; null = not yet. */
            provenAt: string | null;
            /** @description `completed`, or `partial` when it has warnings. */
            status: string;
        };
        LiveDto: {
            /** @enum {string} */
            status: "ok";
        };
        LoginDto: {
            /** @description Of the authenticator app, or a recovery code; where the account has a second factor. */
            code?: string;
            /**
             * @description The user's name or e-mail address.
             * @example anna
             */
            name: string;
            password: string;
        };
        MirrorDto: {
            accountId: string | null;
            baseUrl: string | null;
            configured: boolean;
            databaseId: string | null;
            enabled: boolean | null;
            serverId: string | null;
            status: components["schemas"]["MirrorStatusDto"] | null;
        };
        MirrorFaultDto: {
            at: string;
            code: string;
            hint: string | null;
            message: string;
        };
        MirrorRestoreDto: {
            /** @description What a person should know: columns left out, providers replaced. */
            notes: string[];
            rows: components["schemas"]["MirrorTableDto"][];
            serverId: string;
        };
        MirrorRestoreRequestDto: {
            /** @description Whose rows; those of the set server when not given. The mirror goes on under this name. */
            serverId?: string;
            /** @description Load although this secret.key does not open the credentials: they must be entered again. */
            withoutKey?: boolean;
        };
        MirrorSettingsDto: {
            /** @example 023e105f4ecef8ad9ca31a8372d0c353 */
            accountId?: string;
            /** @description Needs the permission "D1: Edit". Sealed, never shown again. */
            apiToken?: string;
            /**
             * Format: uri
             * @description Cloudflare's API, or something that speaks like it.
             */
            baseUrl?: string;
            /** @example f81d4fae-7dec-11d0-a765-00a0c91e6bf6 */
            databaseId?: string;
            /** @description Whether changes are sent. */
            enabled?: boolean;
            /** @description Names this server among those that share the database. Never the same for two. */
            serverId?: string;
        };
        MirrorStatusDto: {
            /** @description When the rows in D1 were last counted. */
            auditedAt: string | null;
            /** @description Since when changes do not get through; null when all is well. */
            behindSince: string | null;
            lastError: components["schemas"]["MirrorFaultDto"] | null;
            lastSuccessAt: string | null;
            rowsDeleted: number;
            /** @description Rows written and deleted since the mirror was set up. */
            rowsSent: number;
            /** @description Rows to be sent or deleted now; null when they are too many to be counted quickly. */
            rowsWaiting: number | null;
        };
        MirrorSyncDto: {
            deleted: number;
            durationMs: number;
            sent: number;
            /** @description Rows that D1 would not take for their size. */
            tooLarge: number;
        };
        MirrorSyncRequestDto: {
            /** @description Do it although (nearly) everything would go from the mirror. */
            force?: boolean;
        };
        MirrorTableDto: {
            rows: number;
            table: string;
        };
        MirrorTestDto: {
            durationMs: number;
            ok: boolean;
            /** @description Servers that have rows in the database. */
            servers: string[];
        };
        MoveSiteDto: {
            /** @description Also when the site is not there yet, or its host does not answer: nothing is looked at, and backups fail until it is there. */
            force?: boolean;
            /**
             * Format: uuid
             * @description The node that it is on from now on; null = the master's own host.
             */
            nodeId: string | null;
            /**
             * @description Absolute path of its folder there.
             * @example /var/www/example.com
             */
            path: string;
        };
        NewFactorDto: {
            /** @description To type in. */
            secret: string;
            /** @description As a QR code, to scan. */
            uri: string;
        };
        NextProofDto: {
            /** @description When it is read at the latest, if the budget allows. */
            dueAt: string;
            key: string;
        };
        NextRunDto: {
            /** @description The slot: when the rhythm says. */
            slotAt: string;
            /** @description When it is started: later by jitter and blackouts. */
            startsAt: string;
        };
        NodeDetailDto: {
            /**
             * @description Whether it may come in: `waiting` = it has not fetched its key yet, `revoked` = its key is worth nothing any more.
             * @enum {string}
             */
            access: "waiting" | "active" | "blocked" | "revoked";
            createdAt: string;
            /** @description As of the last heartbeat. */
            facts: components["schemas"]["NodeFactsDto"] | null;
            /**
             * @description `online`: heard of lately; `stale`: some heartbeats were missed; `offline`: not heard of for two minutes, its jobs wait for it; `new`: never heard of.
             * @enum {string}
             */
            health: "new" | "online" | "stale" | "offline";
            healthSince: string;
            hostname: string;
            id: string;
            /** @description What runs, 200 at most. */
            jobList: components["schemas"]["NodeJobDto"][];
            /**
             * @description How its key begins.
             * @example bkn_x7Qa
             */
            keyHint: string | null;
            keyIssuedAt: string | null;
            /** @description It is to fetch another key, and has not used it yet. */
            keyRotating: boolean;
            /** @description By the master's clock. */
            lastSeenAt: string | null;
            /** @description The master's limits; null = only the node's own. */
            limits: components["schemas"]["NodeLimitsDto"] | null;
            /** @description As of the last heartbeat. */
            load: components["schemas"]["NodeLoadDto"] | null;
            name: string;
            runningJobs: number;
            /** @description By name, 200 at most. */
            siteList: components["schemas"]["NodeSiteDto"][];
            /** @description Sites on it. */
            sites: number;
            version: string | null;
            /** @description Jobs that wait for it. */
            waitingJobs: number;
        };
        NodeDiskDto: {
            freeBytes: number;
            path: string;
            totalBytes: number;
        };
        NodeDto: {
            /**
             * @description Whether it may come in: `waiting` = it has not fetched its key yet, `revoked` = its key is worth nothing any more.
             * @enum {string}
             */
            access: "waiting" | "active" | "blocked" | "revoked";
            createdAt: string;
            /** @description As of the last heartbeat. */
            facts: components["schemas"]["NodeFactsDto"] | null;
            /**
             * @description `online`: heard of lately; `stale`: some heartbeats were missed; `offline`: not heard of for two minutes, its jobs wait for it; `new`: never heard of.
             * @enum {string}
             */
            health: "new" | "online" | "stale" | "offline";
            healthSince: string;
            hostname: string;
            id: string;
            /**
             * @description How its key begins.
             * @example bkn_x7Qa
             */
            keyHint: string | null;
            keyIssuedAt: string | null;
            /** @description It is to fetch another key, and has not used it yet. */
            keyRotating: boolean;
            /** @description By the master's clock. */
            lastSeenAt: string | null;
            /** @description The master's limits; null = only the node's own. */
            limits: components["schemas"]["NodeLimitsDto"] | null;
            /** @description As of the last heartbeat. */
            load: components["schemas"]["NodeLoadDto"] | null;
            name: string;
            runningJobs: number;
            /** @description Sites on it. */
            sites: number;
            version: string | null;
            /** @description Jobs that wait for it. */
            waitingJobs: number;
        };
        NodeFactsDto: {
            cpus: number;
            hostname: string;
            /** @description The node's own limits; the master's apply where they are lower. */
            limits: components["schemas"]["NodeLimitsDto"];
            memoryBytes: number;
            /** @description Backup modules it has. */
            modules: string[];
            /** @example linux x64 */
            platform: string;
            /** @description Folders that are scanned when a scan names none. */
            scanRoots: string[];
        };
        NodeHistoryDto: {
            /** @description Steps in which the node was heard of. */
            items: components["schemas"]["HistoryPointDto"][];
            /** @description Length of a step: five minutes, or a multiple that makes at most 500 of them. */
            stepSeconds: number;
        };
        NodeJobDto: {
            id: string;
            kind: string;
            siteName: string;
            startedAt: string | null;
        };
        NodeLimitsDto: {
            /** @description Upload budget in megabits a second; 0 = unlimited. */
            bandwidthMbps: number;
            /** @description Compression and hashing threads. */
            cpu: number;
            /** @description Disk-heavy stages at a time. */
            io: number;
            /** @description Uploads at a time. */
            network: number;
        };
        NodeLoadDto: {
            disks: components["schemas"]["NodeDiskDto"][];
            /** @description Load average of the last minute. */
            load1: number;
            memoryFreeBytes: number;
            network: components["schemas"]["NodeNetworkDto"];
            /** @description Of the agent itself. */
            rssBytes: number;
            /** @description Upload budget used within the last second, bytes. */
            uploadBytesPerSecond: number;
        };
        NodeNetworkDto: {
            receivedBytes: number;
            sentBytes: number;
        };
        NodePageDto: {
            items: components["schemas"]["NodeDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        NodeSiteDto: {
            id: string;
            name: string;
            path: string;
            paused: boolean;
        };
        NodeTokenDto: {
            createdAt: string;
            expiresAt: string;
            /** @example bkj_x7Qa */
            hint: string;
            id: string;
            /** @description The node's name, where it is fixed. */
            name: string | null;
            /** @enum {string} */
            state: "valid" | "used" | "expired";
            usedAt: string | null;
            /** @description Id of the node that joined with it. */
            usedBy: string | null;
        };
        NodeTokenPageDto: {
            items: components["schemas"]["NodeTokenDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        ParentsRequestDto: {
            limit: number;
            providerIds: string[];
        };
        PartsRequestDto: {
            key: string;
            parts: components["schemas"]["WantedPartDto"][];
            /** Format: uuid */
            providerId: string;
            uploadId: string;
        };
        PastSlotDto: {
            decidedAt: string;
            jobId: string | null;
            note: string | null;
            /** @enum {string} */
            outcome: "started" | "skipped" | "missed" | "failed";
            slotAt: string;
        };
        PlainErrorDto: {
            code: string;
            context: {
                [key: string]: unknown;
            };
            hint?: string;
            /** @enum {string} */
            kind: "usage" | "unauthenticated" | "forbidden" | "not-found" | "conflict" | "too-many" | "precondition" | "source" | "storage" | "damaged" | "cancelled" | "internal";
            message: string;
            /** @enum {string} */
            retry: "never" | "later" | "maybe";
        };
        PreviewRetentionDto: {
            policy: components["schemas"]["RetentionPolicyDto"];
        };
        PreviewScheduleDto: {
            /** @description When nothing is started: a slot that falls in there waits until the end. */
            blackouts?: components["schemas"]["BlackoutDto"][];
            /** @description Each site's runs are late by up to so many seconds, always the same for a site, and never beyond the next slot. */
            jitterSeconds?: number;
            rhythm: components["schemas"]["RhythmDto"];
            /**
             * Format: uuid
             * @description Whose jitter and time zone; without it the slots themselves are shown.
             */
            siteId?: string;
            /**
             * @description IANA name; null = each site's own, else the installation's.
             * @example Europe/Berlin
             */
            timeZone?: string | null;
        };
        ProblemDto: {
            /**
             * @description Stable code for programs; docs/errors.md lists all.
             * @example SITE_NOT_FOUND
             */
            code: string;
            /** @description Safe facts. */
            context?: {
                [key: string]: unknown;
            };
            /**
             * @description What happened, for a person.
             * @example There is no site with this id.
             */
            detail: string;
            errors?: components["schemas"]["FieldFaultDto"][];
            /**
             * @description What a person can do about it.
             * @example `GET /sites` lists them.
             */
            hint?: string;
            /**
             * @description Whether the same request can succeed: never as it is, later by itself, maybe.
             * @enum {string}
             */
            retry: "never" | "later" | "maybe";
            /** @example 404 */
            status: number;
            /** @example Not found */
            title: string;
            /** @example urn:backupd:error:SITE_NOT_FOUND */
            type: string;
        };
        ProgressDto: {
            /** @example 10485760 */
            bytesDone: number;
            bytesPerSecond: number | null;
            /** @example 104857600 */
            bytesTotal: number | null;
            /** @example wp-content/uploads */
            current: string | null;
            itemsDone: number | null;
            itemsTotal: number | null;
            /** @example 10 */
            percent: number | null;
            /**
             * @description The stage that began last.
             * @example create_bundle
             */
            stage: string;
        };
        ProofDto: {
            budgetBytes: number | null;
            budgetMinutes: number | null;
            everyDays: number;
            providers: components["schemas"]["ProviderProofDto"][];
        };
        ProofErrorDto: {
            code: string;
            message: string;
        };
        ProofPortionDto: {
            bytes: number;
            damaged: number;
            error: components["schemas"]["ProofErrorDto"] | null;
            finishedAt: string;
            missing: number;
            objects: number;
            startedAt: string;
            /** @description Could not be read: nothing is known of them, and they are tried again. */
            unreadable: number;
        };
        ProofSettingsDto: {
            /**
             * @description Read at most so many bytes a day of each storage, even if it is too little. Null: as many as it takes.
             * @example null
             */
            budgetBytes?: number | null;
            /**
             * @description Read at most so many minutes a day of each storage, even if it is too little. Null: as long as it takes.
             * @example null
             */
            budgetMinutes?: number | null;
            /**
             * @description Every byte of every copy is read again within so many days.
             * @example 30
             */
            everyDays: number;
        };
        ProofStartedDto: {
            /** @description `last.startedAt` of what was read for it is not before this. */
            startedAt: string;
        };
        ProviderProofDto: {
            bytes: number;
            /** @description How fast it was read lately. */
            bytesPerSecond: number | null;
            damaged: number;
            /** @description Whether everything is read within `everyDays`, with this budget, as long as backupd runs. Null: the speed is not known yet. */
            guaranteed: boolean | null;
            last: components["schemas"]["ProofPortionDto"] | null;
            missing: number;
            /** @description What that takes. */
            needsBytesPerDay: number;
            /** @description Not read since they were stored. */
            neverRead: number;
            next: components["schemas"]["NextProofDto"] | null;
            objects: number;
            /** @description The oldest proof: when that object was last read, or stored when it was never read. */
            oldestProofAt: string | null;
            /** @description Not read for longer than `everyDays`. */
            overdue: number;
            providerId: string;
            providerName: string;
            /** @description Whether it is read at this moment, by the master that answers. */
            running: boolean;
            /** @description Share of the bytes that were read within `everyDays`: 0 to 1. */
            shareReadInTime: number;
        };
        QuietHoursDto: {
            /** @description Weekdays on which they begin, 1 = Monday; all when absent. */
            days?: number[];
            /**
             * @description Whether critical news comes all the same.
             * @default true
             */
            exceptCritical: boolean;
            /** @example 22:00 */
            from: string;
            /**
             * @description IANA name.
             * @example Europe/Berlin
             */
            timeZone: string;
            /**
             * @description Before `from`: on the next day. The same as `from`: the whole day.
             * @example 07:00
             */
            until: string;
        };
        QuotaDto: {
            bytes: number;
            /** @description Null when the subject is gone or has no name. */
            name: string | null;
            /** @enum {string} */
            over: "fail" | "prune";
            /** @enum {string} */
            scope: "site" | "node" | "provider";
            /** @description Site, node or provider; null is the master's own host. */
            subjectId: string | null;
            updatedAt: string;
        };
        QuotaPageDto: {
            items: components["schemas"]["QuotaDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        ReadRequestDto: {
            key: string;
            /** Format: uuid */
            providerId: string;
        };
        ReadyDto: {
            /** @enum {string} */
            status: "ready" | "unavailable";
        };
        RebuildCatalogueDto: {
            /**
             * Format: uuid
             * @description The storage provider.
             */
            providerId: string;
        };
        ReconcileScheduleDto: {
            /**
             * @description Five fields, UTC; null: never.
             * @example 17 3 * * 0
             */
            cron: string | null;
        };
        ReconciliationDto: {
            /** @description Empty: a dry run. */
            actions: ("adopt" | "mark" | "delete")[];
            /**
             * @description Exact numbers of objects: listed, known, differences by kind, what was done about them; and bytes.
             * @example {
             *       "listed": 120,
             *       "known": 118,
             *       "orphan": 2
             *     }
             */
            counts: {
                [key: string]: number;
            };
            error: components["schemas"]["ReconciliationErrorDto"] | null;
            /** @description The first 1,000 differences, of foreign objects the first 100; `counts` is of all. */
            findings: components["schemas"]["FindingDto"][];
            finishedAt: string | null;
            id: string;
            providerId: string;
            startedAt: string;
            /** @enum {string} */
            status: "running" | "completed" | "failed";
        };
        ReconciliationErrorDto: {
            code: string;
            hint: string | null;
            message: string;
        };
        ReconciliationPageDto: {
            items: components["schemas"]["ReconciliationSummaryDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        ReconciliationSummaryDto: {
            /** @description Empty: a dry run. */
            actions: ("adopt" | "mark" | "delete")[];
            /**
             * @description Exact numbers of objects: listed, known, differences by kind, what was done about them; and bytes.
             * @example {
             *       "listed": 120,
             *       "known": 118,
             *       "orphan": 2
             *     }
             */
            counts: {
                [key: string]: number;
            };
            error: components["schemas"]["ReconciliationErrorDto"] | null;
            finishedAt: string | null;
            id: string;
            providerId: string;
            startedAt: string;
            /** @enum {string} */
            status: "running" | "completed" | "failed";
        };
        RecoverCatalogueDto: {
            /**
             * @description Its key; the newest one when absent.
             * @example catalogue/20260102T031700Z-0199f1d2-7c1a-7e52-a1a0-1d2c3b4a5968.backupd
             */
            key?: string;
            /**
             * Format: uuid
             * @description The storage provider it lies on.
             */
            providerId: string;
            /** @description The secret key of the lost server, as `backupd secrets export` gave it; not needed when this master has it. */
            secretKey?: string;
        };
        RecoveryCodesDto: {
            recoveryCodes: string[];
        };
        RefusedDto: {
            id: string;
            name: string;
        };
        RefusedRunDto: {
            reason: string;
            siteId: string;
            siteName: string;
        };
        RemovedNodeDto: {
            /** @description Jobs that waited or ran, and failed with NODE_REMOVED. */
            failedJobs: number;
            /** @description Sites that stay registered, paused. */
            keptSites: number;
            /** @description Sites that were forgotten; their backups stay. */
            removedSites: number;
        };
        RemoveFactorDto: {
            /** @description Of the authenticator app, or a recovery code. */
            code: string;
            password: string;
        };
        RenameNodeDto: {
            name: string;
        };
        ReportsAnswerDto: {
            /**
             * @description The number that is expected next.
             * @example 7
             */
            next: number;
        };
        ReportsDto: {
            /** @description In order, without gaps. Those that were taken in before are passed over. */
            reports: Record<string, never>[];
        };
        ResetLinkDto: {
            expiresAt: string;
            token: string;
        };
        ResourcesDto: {
            bandwidth: components["schemas"]["BandwidthDto"];
            cpu: components["schemas"]["ResourceUsageDto"];
            io: components["schemas"]["ResourceUsageDto"];
            network: components["schemas"]["ResourceUsageDto"];
        };
        ResourceUsageDto: {
            /** @description Units there are. */
            capacity: number;
            /** @description Units in use now. */
            inUse: number;
            /** @description How many wait for a unit. */
            waiting: number;
        };
        RestoreDto: {
            adminDatabase?: components["schemas"]["AdminDatabaseDto"];
            /**
             * @description Fetch and write only the files that differ from those on disk; the result is the same. A file that nothing happened to since
             *     the backup (same inode, size and times) is not read. Not with `what: database`.
             */
            delta?: boolean;
            /** @description Only say what would change. */
            dryRun?: boolean;
            /**
             * @description Files that are there and not in the backup: `delete` (the default), or `keep` (the default with `paths`).
             * @enum {string}
             */
            extraFiles?: "delete" | "keep";
            /**
             * Format: uuid
             * @description The host to restore on: id of a node, or `self` = the master's own; the host that the site is on when absent. The site stays registered
             *     where it is.
             * @example self
             */
            nodeId?: string;
            /**
             * @description Only these, relative to the site's root. Not with `what: database`.
             * @example [
             *       "wp-content/uploads/2024"
             *     ]
             */
            paths?: string[];
            targetDatabase?: components["schemas"]["TargetDatabaseDto"];
            /**
             * @description Another folder, absolute; the site's own when absent.
             * @example /var/www/staging
             */
            targetPath?: string;
            /**
             * @default all
             * @enum {string}
             */
            what: "all" | "files" | "database";
        };
        RestorePreviewDto: {
            bytesFree: number;
            bytesNeeded: number;
            database: components["schemas"]["DatabasePreviewDto"] | null;
            files: components["schemas"]["FilesPreviewDto"] | null;
            targetPath: string;
            warnings: string[];
        };
        RestrictionDto: {
            /** @description All sites that are on these nodes, also those that come to be there. */
            nodeIds: string[];
            siteIds: string[];
        };
        RetentionDto: {
            /** @description Whether the default lets anything go. */
            deletes: boolean;
            /** @description Hours from the decision that a backup goes to its deletion. A change holds for what is let go from then on: `expiresAt` of others stays. */
            graceHours: number;
            /**
             * @description The same in a sentence.
             * @example No policy is set: nothing is deleted.
             */
            note: string;
            /** @description Null: nobody has set one. */
            policy: components["schemas"]["RetentionPolicyDto"] | null;
            /** @description A sensible start; nothing is deleted by it until it is set. */
            suggested: components["schemas"]["RetentionPolicyDto"];
        };
        RetentionPolicyDto: {
            /**
             * @description The same by days.
             * @example 14
             */
            daily?: number;
            /** @description The newest of each of the last so many hours that have a backup. */
            hourly?: number;
            /**
             * @description The newest so many.
             * @example 7
             */
            keepLast?: number;
            /**
             * @description All that are not older than the newest good one by more than this.
             * @example P30D
             */
            keepWithin?: string;
            /**
             * @description The same by months.
             * @example 12
             */
            monthly?: number;
            /**
             * @description In which days, weeks, … begin and end: an IANA name; UTC when absent.
             * @example Europe/Berlin
             */
            timeZone?: string;
            /**
             * @description The same by ISO weeks.
             * @example 8
             */
            weekly?: number;
            /**
             * @description The same by years.
             * @example 3
             */
            yearly?: number;
        };
        RetentionPreviewDto: {
            expired: number;
            freed: components["schemas"]["FreedDto"][];
            /** @description What becomes free on all storages, in bytes: objects that no kept backup needs. */
            freedBytes: number;
            graceHours: number;
            items: components["schemas"]["RetentionVerdictDto"][];
            kept: number;
            limit: number;
            note: string;
            offset: number;
            policy: components["schemas"]["RetentionPolicyDto"] | null;
            /**
             * @description Where the policy comes from.
             * @enum {string}
             */
            source: "site" | "default" | "none" | "preview";
            /** @description How many there are in all. */
            total: number;
        };
        RetentionRunDto: {
            /** @description Let go now: deleted when the grace is over. */
            expired: number;
            /** @description Grace over: deleted everywhere. */
            removed: number;
            /** @description Let go before, and wanted again. */
            takenBack: number;
            /** @description Grace over, but a running backup or a storage is waited for; done later by itself. */
            waiting: number;
        };
        RetentionVerdictDto: {
            /** @enum {string} */
            action: "keep" | "expire";
            backupId: string;
            createdAt: string;
            /** @description When it is deleted, where retention has let it go already. */
            expiresAt: string | null;
            /** @description What becomes free with it on all storages, in bytes, when the expired ones go oldest first. */
            freedBytes: number;
            /**
             * @description Every rule that keeps it; for one that goes, why none does.
             * @example [
             *       "daily 3 of 7: 2026-11-24"
             *     ]
             */
            reasons: string[];
        };
        RhythmDto: {
            /**
             * @description With `day`, `week` and `month`: the time of day.
             * @example 02:00
             */
            at?: string;
            /**
             * @description With `week`: 1 = Monday … 7 = Sunday. With `month`: 1 … 31; a day that a month does not have is its last one.
             * @example [
             *       1,
             *       4
             *     ]
             */
            days?: number[];
            /**
             * @description `never` takes a site out of a schedule of a wider scope.
             * @example day
             * @enum {string}
             */
            every: "never" | "cron" | "hours" | "day" | "week" | "month";
            /**
             * @description With `cron`: minute, hour, day of month, month, weekday.
             * @example 0 3 * * *
             */
            expression?: string;
            /**
             * @description With `hours`: every so many hours, counted from midnight.
             * @enum {number}
             */
            hours?: 1 | 2 | 3 | 4 | 6 | 8 | 12;
            /** @description With `hours`: minutes past the hour; 0 when absent. */
            minute?: number;
        };
        /** @enum {string} */
        Role: "viewer" | "operator" | "admin";
        RotateAnswerDto: {
            /** @description Takes the place of the present one once it is used. */
            key: string;
        };
        RotationDto: {
            keyId: string;
            /** @description Whether a new key was made: not where the configuration names it. */
            made: boolean;
            previousKeyId: string;
            /** @description Stored secrets that were sealed again. */
            resealed: number;
            /** @description Left as they are, because the key they were sealed with is not here. */
            unreadable: components["schemas"]["UnreadableSecretDto"][];
        };
        RuleDto: {
            channelIds: string[];
            createdAt: string;
            digest: components["schemas"]["DigestDto"] | null;
            enabled: boolean;
            events: string[];
            id: string;
            labels: string[] | null;
            /** @enum {string} */
            minSeverity: "info" | "warning" | "critical";
            name: string;
            quietHours: components["schemas"]["QuietHoursDto"] | null;
            recovered: boolean;
            remindHours: number | null;
            siteIds: string[] | null;
            updatedAt: string;
        };
        RulePageDto: {
            items: components["schemas"]["RuleDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        RunProofDto: {
            bytes?: number;
            minutes?: number;
        };
        ScanProblemDto: {
            message: string;
            path: string;
        };
        ScanResultDto: {
            /** @description How many folders were looked at. */
            folders: number;
            items: components["schemas"]["DiscoveredSiteDto"][];
            /** @description What could not be read. */
            problems: components["schemas"]["ScanProblemDto"][];
        };
        ScheduleDetailsDto: {
            blackouts: components["schemas"]["BlackoutDto"][];
            createdAt: string;
            id: string;
            jitterSeconds: number;
            /** @enum {string} */
            kind: "backup" | "verify" | "retention" | "reconcile" | "scan";
            lastSlots: components["schemas"]["PastSlotDto"][];
            maxPerNode: number | null;
            /** @enum {string} */
            missed: "run-once" | "skip";
            name: string;
            /** @description The next five; of a schedule of many sites their slots, without jitter. */
            next: components["schemas"]["NextRunDto"][];
            /** @description When the first of them is started next. */
            nextRun: string | null;
            options: {
                [key: string]: unknown;
            };
            paused: boolean;
            rhythm: components["schemas"]["RhythmDto"];
            /** @enum {string} */
            scope: "all" | "node" | "label" | "site";
            /** @description Name of the site, where the scope is one. */
            scopeName: string | null;
            scopeValue: string | null;
            /** @description How many sites it starts jobs for now; 0 when it is paused, 1 for a kind without sites. */
            sites: number;
            /** @example every day at 02:00, Europe/Berlin */
            text: string;
            timeZone: string | null;
            updatedAt: string;
        };
        ScheduleDto: {
            blackouts: components["schemas"]["BlackoutDto"][];
            createdAt: string;
            id: string;
            jitterSeconds: number;
            /** @enum {string} */
            kind: "backup" | "verify" | "retention" | "reconcile" | "scan";
            maxPerNode: number | null;
            /** @enum {string} */
            missed: "run-once" | "skip";
            name: string;
            /** @description When the first of them is started next. */
            nextRun: string | null;
            options: {
                [key: string]: unknown;
            };
            paused: boolean;
            rhythm: components["schemas"]["RhythmDto"];
            /** @enum {string} */
            scope: "all" | "node" | "label" | "site";
            /** @description Name of the site, where the scope is one. */
            scopeName: string | null;
            scopeValue: string | null;
            /** @description How many sites it starts jobs for now; 0 when it is paused, 1 for a kind without sites. */
            sites: number;
            /** @example every day at 02:00, Europe/Berlin */
            text: string;
            timeZone: string | null;
            updatedAt: string;
        };
        ScheduleOptionsDto: {
            /** @description `scan`: register what is found, so that the schedules for all (or its labels) hold for it. */
            enrol?: boolean;
            /** @description `scan`: change the path of a registered site that has moved. */
            followMoves?: boolean;
            /** @description `backup`: compared with nothing, everything is stored again. */
            full?: boolean;
            /** @description `scan`: labels of what is registered. */
            labels?: string[];
            /**
             * @description `verify`: how thoroughly; `full` when absent.
             * @enum {string}
             */
            level?: "quick" | "full";
            /** @description `backup`: every file is read, also where nothing looks changed. */
            reread?: boolean;
            /** @description `scan`: where to look, absolute paths; the configured folders when absent. */
            roots?: string[];
        };
        SchedulePageDto: {
            items: components["schemas"]["ScheduleDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        SchedulePreviewDto: {
            next: components["schemas"]["NextRunDto"][];
            /** @example every day at 02:00, Europe/Berlin */
            text: string;
            timeZone: string;
        };
        ScheduleRunDto: {
            /** @description Whether something that is no job of a site was begun. */
            begun: boolean;
            /** @description Ids of the jobs that were made. */
            jobIds: string[];
            refused: components["schemas"]["RefusedRunDto"][];
        };
        ScheduleSettingsDto: {
            /**
             * @description IANA name: the zone of schedules and sites that have none of their own. At first that of the host.
             * @example Europe/Berlin
             */
            timeZone: string;
        };
        SecretKeysDto: {
            /** @description Whether the configuration names the current key (`BACKUPD_SECRET_KEY`). */
            given: boolean;
            /**
             * @description Seals now.
             * @example 9f2c51aa
             */
            keyId: string;
            /** @description All that can open, the current one among them. */
            keyIds: string[];
        };
        SentPartDto: {
            etag: string;
            number: number;
        };
        SessionDto: {
            /** @description A link to set a new password can be sent by mail. */
            resetByEmail: boolean;
            /** @description There is no admin account yet: the link that the server printed makes it. */
            setupNeeded: boolean;
            /** @description Null = nobody has signed in. */
            user: components["schemas"]["SessionUserDto"] | null;
        };
        SessionUserDto: {
            email: string | null;
            id: string;
            name: string;
            /** @description How many are left unused. */
            recoveryCodesLeft: number;
            /** @description The only sites that this user may see and touch; null = all. */
            restriction: components["schemas"]["RestrictionDto"] | null;
            role: components["schemas"]["Role"];
            /** @description Whether signing in needs a code. */
            secondFactor: boolean;
        };
        SetQuotaDto: {
            /**
             * @description The most bytes that may be stored; 0 = nothing.
             * @example 50000000000
             */
            bytes: number;
            /**
             * @description When a backup would go over: it fails, or backups that retention lets go are deleted first, at once. `fail` when absent.
             * @default fail
             * @enum {string}
             */
            over: "fail" | "prune";
        };
        SetRetentionDto: {
            /**
             * @description Hours from the decision that a backup goes to its deletion. What was let go before keeps its `expiresAt`.
             * @example 24
             */
            graceHours?: number;
            /** @description The whole policy for every site without one of its own. */
            policy?: components["schemas"]["RetentionPolicyDto"];
        };
        SetupDto: {
            /** @description From the link that the server printed. */
            code: string;
            /** @example anna@example.com */
            email?: string | null;
            /** @example anna */
            name: string;
            /** @description At least 10 characters. */
            password: string;
        };
        ShelvedCatalogueDto: {
            /** @description Whether this master has that key. */
            canOpen: boolean;
            createdAt: string | null;
            /** @description Its host, by its own words. */
            host: string | null;
            /** @description The master that made it. */
            instance: string;
            key: string;
            /** @description Name of the secret key it is sealed with; null when it is damaged. */
            keyId: string | null;
            size: number;
        };
        ShelvedCataloguesDto: {
            /** @description Newest first. */
            items: components["schemas"]["ShelvedCatalogueDto"][];
        };
        SiteAlarmsDto: {
            /** @description Of the number of files. */
            filesPercent?: number;
            /** @description Of the rows in all tables. */
            rowsPercent?: number;
            /** @description Of the bytes of files and database together. */
            sizePercent?: number;
        };
        SiteDescriptionDto: {
            /**
             * @description Version, database name and host, layout, …
             * @example {
             *       "version": "6.8.2",
             *       "multisite": false
             *     }
             */
            facts: {
                [key: string]: unknown;
            };
            name: string;
            path: string;
            /** @description What could not be found out, and where it stands. */
            unknown: string[];
            url: string | null;
            warnings: string[];
        };
        SiteDestinationsDto: {
            /**
             * @description `all`: a copy on each of the providers; `failover`: one copy, on the first that takes it.
             * @enum {string}
             */
            mode: "all" | "failover";
            providers: components["schemas"]["DestinationDto"][];
        };
        SiteDto: {
            /** @description Its own limits for alarms; null = the installation's. */
            alarms: components["schemas"]["SiteAlarmsDto"] | null;
            createdAt: string;
            description: components["schemas"]["SiteDescriptionDto"] | null;
            /** @description Null = the default storages. */
            destinations: components["schemas"]["SiteDestinationsDto"] | null;
            excludes: string[];
            id: string;
            labels: string[];
            lastBackup: components["schemas"]["LastBackupDto"] | null;
            /** @example wordpress */
            module: string;
            /** @example Example shop */
            name: string;
            /** @description When its schedule backs it up next; null = it has none, or is paused. */
            nextRun: string | null;
            /** @description The host it is on; null = the master's own. */
            nodeId: string | null;
            /** @description That node's name; null for the master's own host, and for a node that is gone. */
            nodeName: string | null;
            /** @description Secrets are shown as `***`. */
            overrides: {
                [key: string]: string;
            };
            /** @example /var/www/example.com */
            path: string;
            paused: boolean;
            /** @description Its own retention policy; null = the default one. */
            retention: components["schemas"]["RetentionPolicyDto"] | null;
            settings: {
                [key: string]: unknown;
            };
            /** @description Null = the installation's. */
            timeZone: string | null;
            updatedAt: string;
            /** @example https://example.com */
            url: string | null;
        };
        SitePageDto: {
            items: components["schemas"]["SiteDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        SiteScheduleDto: {
            /** @description Whether anything is started. */
            active: boolean;
            /** @enum {string} */
            kind: "backup" | "verify";
            /** @description The newest ten. */
            lastSlots: components["schemas"]["PastSlotDto"][];
            name: string | null;
            next: components["schemas"]["NextRunDto"][];
            /** @description The one that counts; null = there is none. */
            scheduleId: string | null;
            /**
             * @description Why it is that one.
             * @enum {string|null}
             */
            source: "all" | "node" | "label" | "site" | null;
            /** @description In words; says also why nothing runs. */
            text: string;
            timeZone: string | null;
            /** @description Why the slot that is due waits. */
            waiting: string | null;
        };
        SitesStatusDto: {
            paused: number;
            /** @description With a backup that an enabled storage has whole, and no open alarm. */
            safe: number;
            /** @description Those that are not paused. */
            total: number;
        };
        SkippedSiteDto: {
            path: string;
            reason: string;
        };
        StageDto: {
            /**
             * @example {
             *       "tables": 12
             *     }
             */
            details: {
                [key: string]: unknown;
            };
            /** @example 1.25 */
            durationSeconds: number | null;
            /** @example 12 tables dumped. */
            message: string | null;
            /** @example backup_db */
            name: string;
            /** @enum {string} */
            status: "pending" | "running" | "completed" | "failed" | "skipped";
        };
        StartBackupDto: {
            /** @description Store everything anew, compared with nothing. */
            full?: boolean;
            /** @description Higher goes first. */
            priority?: number;
            /** @description Read every file, also what looks unchanged; content that is stored already is not stored again. */
            reread?: boolean;
        };
        StartReconciliationDto: {
            /**
             * @description `adopt`, `mark`, `delete`. None: a dry run, which only reports. Any of them needs the role admin.
             * @default []
             */
            actions: ("adopt" | "mark" | "delete")[];
            /**
             * @description Believe the storage also when it does not list most of what the catalogue knows.
             * @default false
             */
            force: boolean;
            /**
             * @description Orphans younger than this many days are not deleted.
             * @default 7
             */
            graceDays: number;
        };
        StatRequestDto: {
            keys: string[];
            /** Format: uuid */
            providerId: string;
        };
        StatusDto: {
            alarms: components["schemas"]["AlarmsStatusDto"];
            /** @description Kinds of alarms that this server could not look at lately: nothing is known of them. Its log says why. */
            blindTo: ("backup.overdue" | "backup.failed" | "backup.partial" | "backup.shrunk" | "copy.damaged" | "proof.overdue" | "quota.near" | "storage.unreachable" | "node.offline" | "disk.low" | "site.vanished" | "notification.undelivered")[];
            /** @description When a stored object was last read back and right. */
            lastProofAt: string | null;
            /**
             * @description `critical` and `warning` as the worst open alarm that nobody has acknowledged; `warning` also when a site is not safe, when all schedules of backups are paused, and when something could not be looked at.
             * @enum {string}
             */
            level: "ok" | "warning" | "critical";
            /** @description The worst and newest open alarms that nobody has acknowledged, 20 at most. */
            open: components["schemas"]["AlarmDto"][];
            /** @description Schedules of backups that are paused. */
            pausedSchedules: number;
            /** @example All 42 sites are safe. Last proof: 2026-03-01 04:10 UTC. */
            sentence: string;
            sites: components["schemas"]["SitesStatusDto"];
            /** @description Sites without a backup that an enabled storage has whole and without an open alarm, by name, 20 at most. */
            withoutBackup: components["schemas"]["UnsafeSiteDto"][];
        };
        StorageDto: {
            createdAt: string;
            enabled: boolean;
            id: string;
            isDefault: boolean;
            /** @example local */
            kind: string;
            name: string;
            settings: {
                [key: string]: unknown;
            };
            /** @description Null where the storage has no such notion or does not answer. */
            space: components["schemas"]["StorageSpaceDto"] | null;
        };
        StorageKindDto: {
            /** @example s3 */
            kind: string;
            /** @description Names of the settings that are sealed and never returned. */
            secretSettings: string[];
            /** @description JSON schema of the settings. */
            settingsSchema: {
                [key: string]: unknown;
            };
            title: string;
        };
        StoragePageDto: {
            items: components["schemas"]["StorageDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        StorageSpaceDto: {
            freeBytes: number;
            totalBytes: number;
        };
        StorageTestDto: {
            durationMs: number;
            /** @description Whether every step is. */
            ok: boolean;
            steps: components["schemas"]["StorageTestStepDto"][];
        };
        StorageTestErrorDto: {
            /** @example STORAGE_DENIED */
            code: string;
            hint: string | null;
            message: string;
            /**
             * @description The permission that is missing, where that is the cause.
             * @example s3:DeleteObject
             */
            permission: string | null;
        };
        StorageTestStepDto: {
            durationMs: number;
            error: components["schemas"]["StorageTestErrorDto"] | null;
            /** @description `write`, `read`, `range`, `list`, `delete`; for S3 also `multipart upload`, `unfinished uploads` and, with its setting, `object lock`. */
            name: string;
            /**
             * @description Skipped: what it needs had failed.
             * @enum {string}
             */
            status: "ok" | "failed" | "skipped";
        };
        TableChangeDto: {
            /** @enum {string} */
            change: "added" | "removed" | "changed" | "same";
            /** @description Whether the table is defined otherwise; false for one that was added or removed. */
            definitionChanged: boolean;
            /** @description False when there was too much to compare: then rows added, removed and changed are each the most that it can be. */
            exact: boolean;
            /** @example wp_posts */
            name: string;
            rowsAdded: number;
            /** @description Rows in the later backup; 0 when the table is not there. */
            rowsAfter: number;
            /** @description Rows in the earlier backup; 0 when the table was not there. */
            rowsBefore: number;
            /** @description Rows of the same primary key with other values; 0 where there is no primary key. */
            rowsChanged: number;
            rowsRemoved: number;
        };
        TableDiffDto: {
            /** @description The earlier backup. */
            from: string;
            /** @description What else is not the same, by kind and name. */
            objects: components["schemas"]["DatabaseObjectChangeDto"][];
            /** @description Every table of either backup, by name. */
            tables: components["schemas"]["TableChangeDto"][];
            /** @description The later backup. */
            to: string;
            totals: components["schemas"]["TableDiffTotalsDto"];
        };
        TableDiffTotalsDto: {
            /** @description Tables. */
            added: number;
            /** @description Tables. */
            changed: number;
            /** @description Whether the figures of every table are. */
            exact: boolean;
            /** @description Tables. */
            removed: number;
            rowsAdded: number;
            rowsChanged: number;
            rowsRemoved: number;
            /** @description Tables. */
            same: number;
        };
        TargetDatabaseDto: {
            /**
             * @description As WordPress writes it: `localhost`, `host:port`, `host:/path/of/socket`. The site's own when absent.
             * @example 127.0.0.1:3306
             */
            host?: string;
            /** @example shop_staging */
            name: string;
            /** @description Kept sealed until the job ends; never shown. */
            password: string;
            /** @description Table prefix in the target, when it differs. */
            prefix?: string;
            /** @example shop */
            user: string;
        };
        TaskAnswerDto: {
            error?: components["schemas"]["PlainErrorDto"] | null;
            /** @description The last one, with the result or the error. */
            isLast: boolean;
            /** @description Given to whoever waits, at once. */
            parts: Record<string, never>[];
            result?: {
                [key: string]: unknown;
            } | null;
            /** @description From 1, without gaps; one that comes again is ignored. */
            seq: number;
        };
        TaskAnswerTakenDto: {
            next: number;
        };
        TestHookDto: {
            /**
             * Format: uuid
             * @description The site to run it for. May be left out for a hook of one site.
             */
            siteId?: string;
        };
        TestStorageDto: {
            /**
             * @description The driver.
             * @example s3
             */
            kind: string;
            /** @description Settings of the driver, with the secret ones. */
            settings: {
                [key: string]: unknown;
            };
        };
        TokenDto: {
            createdAt: string;
            expiresAt: string | null;
            /**
             * @description How its text begins.
             * @example bkd_x7Qa
             */
            hint: string;
            id: string;
            lastUsedAt: string | null;
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "admin";
        };
        TokenPageDto: {
            items: components["schemas"]["TokenDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        UnreadableSecretDto: {
            id: string;
            message: string;
            table: string;
        };
        UnsafeSiteDto: {
            id: string;
            name: string;
        };
        UpdateAccountDto: {
            /** @description To have the password reset by mail; null = none. */
            email: string | null;
        };
        UpdateBackupDto: {
            /** @description Pin it (it is kept for ever) or unpin it (retention decides again). */
            pinned?: boolean;
            /**
             * @description Why it is pinned; it goes when the backup is unpinned.
             * @example before the relaunch
             */
            pinNote?: string | null;
        };
        UpdateChannelDto: {
            /** @description A disabled channel gets nothing; what waits for it is dropped. */
            enabled?: boolean;
            name?: string;
            /** @description Settings to replace; others stay as they are. `null` removes one, `***` keeps a secret. */
            settings?: {
                [key: string]: unknown;
            };
        };
        UpdateHookDto: {
            /**
             * @description A program and its arguments, run as the owner of the site and never as root. No shell sees it; whoever wants one names it.
             * @example [
             *       "wp",
             *       "cache",
             *       "flush"
             *     ]
             */
            command?: string[];
            /** @description Default true. */
            enabled?: boolean;
            /** @description Headers of the request. Kept sealed, never shown. */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description Kinds of jobs. Default: backups.
             * @default [
             *       "backup"
             *     ]
             */
            jobs: ("backup" | "restore" | "verify" | "repair")[];
            /** @description Only for sites with this label. */
            label?: string | null;
            /**
             * @description `POST` and `PUT` carry the facts as JSON. Default `POST`.
             * @enum {string}
             */
            method?: "GET" | "POST" | "PUT";
            /**
             * @description `before:<stage>`, `after:<stage>`, or after the run: `success`, `partial` (completed with warnings), `failure` (failed or cancelled).
             * @example before:backup_db
             */
            moment?: string;
            /** @example flush the cache */
            name?: string;
            /**
             * @description What a failure does: `ignore`, `warn` (the job completes with a warning), `fail` (the job fails), `retry` (two more tries, then as
             *     `fail`). After the run nothing can fail any more: there `fail` is refused, and `retry` ends as `warn`. Default `warn`.
             * @enum {string}
             */
            onFailure?: "ignore" | "warn" | "fail" | "retry";
            /** @description Of several at one moment the smaller goes first. Default 0. */
            position?: number;
            /**
             * Format: uuid
             * @description Only for this site. Neither this nor a label: for every site.
             */
            siteId?: string | null;
            /** @description The hook is ended after so many seconds, with all it started. Default 60, at most 1200. */
            timeLimitSeconds?: number;
            /**
             * @description Where a request goes. Kept sealed; only its beginning is ever shown.
             * @example https://hooks.example.com/backupd
             */
            url?: string;
        };
        UpdateRuleDto: {
            /** @description Where it goes. */
            channelIds?: string[];
            /** @description Null = at once: as soon as for half a minute nothing more came, after five minutes at the latest. */
            digest?: components["schemas"]["DigestDto"] | null;
            enabled?: boolean;
            /**
             * @description What is told: `job.failed`, `job.partial`, `job.completed:backup`, `alarm.*`, `alarm:backup.overdue`, `site.*`, `schedule.missed`, `*`, …
             * @example [
             *       "job.failed",
             *       "alarm.*"
             *     ]
             */
            events?: string[];
            /** @description Only of sites with one of these labels (or of `siteIds`); null = of all. */
            labels?: string[] | null;
            /**
             * @description What matters less is not told. Dead-man switches get their pings all the same.
             * @enum {string}
             */
            minSeverity?: "info" | "warning" | "critical";
            /** @example failures to the team */
            name?: string;
            /** @description Null = none. */
            quietHours?: components["schemas"]["QuietHoursDto"] | null;
            /** @description Whether it is told when what was told is over. Yes when absent. */
            recovered?: boolean;
            /** @description An alarm that nobody acknowledges is told again after so many hours; null = never. */
            remindHours?: number | null;
            /** @description Only of these sites (or those with one of `labels`); null = of all. What is about no site is told by rules without both only. */
            siteIds?: string[] | null;
        };
        UpdateScheduleDto: {
            /** @description When nothing is started: a slot that falls in there waits until the end. */
            blackouts?: components["schemas"]["BlackoutDto"][];
            /** @description Each site's runs are late by up to so many seconds, always the same for a site, and never beyond the next slot. */
            jitterSeconds?: number;
            /** @description So many jobs of this schedule at a time on one host; null = no limit of its own. */
            maxPerNode?: number | null;
            /**
             * @description After a downtime: one run for all slots that passed, or none. `run-once` when never given.
             * @enum {string}
             */
            missed?: "run-once" | "skip";
            /** @description Made from kind and scope when it was never given. */
            name?: string;
            /** @description Replaced as a whole. */
            options?: components["schemas"]["ScheduleOptionsDto"];
            /** @description A paused schedule starts nothing; for the sites it is for it is off, also where one of a wider scope exists. */
            paused?: boolean;
            rhythm?: components["schemas"]["RhythmDto"];
            /**
             * @description IANA name; null = each site's own, else the installation's.
             * @example Europe/Berlin
             */
            timeZone?: string | null;
        };
        UpdateSiteDto: {
            /** @description The site's own limits for alarms; null = the installation's. */
            alarms?: components["schemas"]["SiteAlarmsDto"] | null;
            /**
             * @description Where its backups go; null = the default storages. With `all`, after a storage was added the next backup is a full one, stored on
             *     each of them; earlier backups are not copied (`POST /backups/{id}/copies` does).
             */
            destinations?: components["schemas"]["SiteDestinationsDto"] | null;
            /**
             * @description What to leave out, each from the site's root on.
             * @example [
             *       "/wp-content/cache"
             *     ]
             */
            excludes?: string[];
            /**
             * @description Words by which schedules, hooks and notifications choose sites.
             * @example [
             *       "shop",
             *       "customer-a"
             *     ]
             */
            labels?: string[];
            /**
             * @description Taken from the site itself when it was never given.
             * @example Example shop
             */
            name?: string;
            /**
             * @description Values to use in place of what the site's configuration says. Those named like secrets are sealed; `***` leaves one as it is.
             * @example {
             *       "DB_HOST": "127.0.0.1"
             *     }
             */
            overrides?: {
                [key: string]: string;
            };
            /**
             * @description Where the site has moved to on its host: an absolute path, at which its module must find it.
             * @example /srv/www/example.com
             */
            path?: string;
            /** @description The site's own retention policy; null = the default one. Only an admin may change it. */
            retention?: components["schemas"]["RetentionPolicyDto"] | null;
            /** @description Settings of the module. */
            settings?: {
                [key: string]: unknown;
            };
            /**
             * @description IANA name, e.g. `Europe/Berlin`; null = the installation's.
             * @example Europe/Berlin
             */
            timeZone?: string | null;
        };
        UpdateStorageDto: {
            /** @description A disabled provider gets no new backups; what it holds stays readable. */
            enabled?: boolean;
            /** @description As when it is added: the next backup of each site that stores there by default is a full one. */
            isDefault?: boolean;
            name?: string;
            /** @description Settings to replace; others stay as they are. `null` removes one. */
            settings?: {
                [key: string]: unknown;
            };
        };
        UpdateUserDto: {
            /** @description A disabled user can't sign in, and is signed out everywhere. */
            disabled?: boolean;
            /** @description Null = none. */
            email?: string | null;
            name?: string;
            /** @description Null = none: all sites. */
            restriction?: components["schemas"]["RestrictionDto"] | null;
            /** @enum {string} */
            role?: "viewer" | "operator" | "admin";
        };
        UploadRequestDto: {
            key: string;
            /** Format: uuid */
            providerId: string;
            sha256: string;
            size: number;
        };
        UsageDto: {
            /** @description Stored bytes, each copy by itself. */
            bytes: number;
            name: string | null;
            /** @description At 80 % of the quota or more. */
            near: boolean;
            /** @description Bundles and manifests. */
            objects: number;
            /** @enum {string|null} */
            over: "fail" | "prune" | null;
            /** @description Stored and reserved bytes of the quota, in percent. */
            percent: number | null;
            /** @description Null: no limit. */
            quotaBytes: number | null;
            /** @description What running backups are about to store, in bytes. */
            reservedBytes: number;
            /** @description Site, node or provider; null is the master's own host. */
            subjectId: string | null;
        };
        UsagePageDto: {
            items: components["schemas"]["UsageDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        UserDto: {
            createdAt: string;
            disabled: boolean;
            email: string | null;
            id: string;
            lastSeenAt: string | null;
            name: string;
            restriction: components["schemas"]["RestrictionDto"] | null;
            role: components["schemas"]["Role"];
            /** @description Whether signing in needs a code. */
            secondFactor: boolean;
        };
        UseResetDto: {
            /** @description At least 10 characters. */
            password: string;
            /** @description From the link. */
            token: string;
        };
        UserPageDto: {
            items: components["schemas"]["UserDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        UserSessionDto: {
            /** @description From where it began. */
            address: string;
            createdAt: string;
            /** @description It is the one of this request. */
            current: boolean;
            /** @description It ends then, or after 7 days without use. */
            expiresAt: string;
            id: string;
            lastUsedAt: string;
            userAgent: string | null;
        };
        UserSessionsDto: {
            items: components["schemas"]["UserSessionDto"][];
        };
        VerifyDto: {
            /**
             * @description `quick`: everything is there with its size. `full`: every byte is read back and compared.
             * @default full
             * @enum {string}
             */
            level: "quick" | "full";
            /**
             * @description Who reads it: the master, or the node that the site is on, which proves the way that a restore there takes.
             * @default master
             * @enum {string}
             */
            on: "master" | "node";
        };
        WaitingHostDto: {
            /** @description Where the request came from. */
            address: string;
            /** @example K7PD-3QXN */
            code: string;
            createdAt: string;
            expiresAt: string;
            hostname: string;
            id: string;
            /** @description How it wants to be called. */
            name: string;
            version: string;
        };
        WaitingHostPageDto: {
            items: components["schemas"]["WaitingHostDto"][];
            limit: number;
            offset: number;
            /** @description How many there are in all. */
            total: number;
        };
        WantedPartDto: {
            length: number;
            md5: string;
            number: number;
        };
        WorkRequestDto: {
            /**
             * @description Jobs that it can run besides those it runs.
             * @example 2
             */
            jobs: number;
            /**
             * @description Tasks that it can do besides those it does.
             * @example 4
             */
            tasks: number;
            /**
             * @description Seconds to wait for work.
             * @example 50
             */
            waitSeconds: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    Account_update: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateAccountDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Account_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePasswordDto"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Account_newCodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmPasswordDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Account_beginFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmPasswordDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewFactorDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Account_removeFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RemoveFactorDto"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Account_confirmFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmFactorDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Account_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserSessionsDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Account_endOthers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Account_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Alarms_list: {
        parameters: {
            query?: {
                kind?: "backup.overdue" | "backup.failed" | "backup.partial" | "backup.shrunk" | "copy.damaged" | "proof.overdue" | "quota.near" | "storage.unreachable" | "node.offline" | "disk.low" | "site.vanished" | "notification.undelivered";
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
                /** @description Only the open ones, or only the cleared ones. */
                open?: boolean;
                severity?: "warning" | "critical";
                siteId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Alarms_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description ALARM_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Alarms_acknowledge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description ALARM_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description ALARM_CLEARED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Alarms_limits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmSettingsDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Alarms_setLimits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlarmSettingsDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmSettingsDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Audit_list: {
        parameters: {
            query?: {
                /** @description One action (`sites.update`), or all of a feature (`sites.`). */
                action?: string;
                /** @description The id or the name of a token or a user, `system` (backupd itself) or `nobody` (requests that were not let in). */
                actor?: string;
                /** @description `nextCursor` of the page before. */
                cursor?: number;
                /** @description Only from this time on. */
                from?: string;
                /** @description How many to return. */
                limit?: number;
                /** @description Only what was done to this: the id of a site, a backup, a token, … */
                target?: string;
                /** @description Only before this time. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
                siteId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_remove: {
        parameters: {
            query: {
                /** @description Delete it even if it is the site's newest good one. */
                force: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_PINNED, BACKUP_NEWEST, BACKUP_IN_USE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateBackupDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Repair_addCopy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddCopyDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND, STORAGE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description COPY_EXISTS, STORAGE_DISABLED, JOB_ACTIVE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Diff_files: {
        parameters: {
            query: {
                /** @description `nextCursor` of the page before. Later pages have no totals. */
                cursor?: string;
                /** @description The earlier backup; default the one before this one. */
                from?: string;
                limit: number;
                /** @description Only this path and what is below it. */
                path?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDiffDto"];
                };
            };
            /** @description DIFF_OTHER_SITE, DIFF_NOTHING_BEFORE, DIFF_UNSUPPORTED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Diff_tables: {
        parameters: {
            query?: {
                /** @description The earlier backup; default the one before this one. */
                from?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TableDiffDto"];
                };
            };
            /** @description DIFF_OTHER_SITE, DIFF_NOTHING_BEFORE, DIFF_UNSUPPORTED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_download: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bundle. Cut off short when it is damaged. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_file: {
        parameters: {
            query?: {
                /** @description As in the backup: files of the site begin with `files/`. */
                path?: string;
                /** @description In place of `path`, where that is not UTF-8. */
                pathBase64?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its content. Cut off short when the stored content is damaged. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_files: {
        parameters: {
            query: {
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                limit: number;
                /** @description As in the backup: files of the site begin with `files/`. */
                path?: string;
                /** @description In place of `path`, where that is not UTF-8. */
                pathBase64?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FolderListingDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_keep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Backups_manifest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Header, entries in path order, trailer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Restore_restore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestoreDto"];
            };
        };
        responses: {
            /** @description With `dryRun: true`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestorePreviewDto"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_ACTIVE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Verify_verify: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description BACKUP_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_ACTIVE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Catalogue_state: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogueDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Catalogue_backups: {
        parameters: {
            query: {
                providerId: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShelvedCataloguesDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Catalogue_backUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogueTaskDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Catalogue_rebuild: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RebuildCatalogueDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogueTaskDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Catalogue_recover: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecoverCatalogueDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogueTaskDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Catalogue_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogueTaskDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Daemon_reset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DaemonResetDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Daemon_start: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DaemonStartDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DaemonStartedDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_ACTIVE, SITE_PAUSED, SITE_PATH_DIFFERS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Daemon_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DaemonStatusDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Daemon_stop: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DaemonStopDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DaemonStoppedDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_NOT_ACTIVE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Health_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Daemon_scan: {
        parameters: {
            query?: {
                /** @description The configured folders when absent. */
                base_path?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DaemonScanDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Daemon_verifySite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DaemonVerifySiteDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DaemonVerifiedSiteDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Doctor_examine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Events_all: {
        parameters: {
            query?: {
                /** @description Only events of this job. */
                jobId?: string;
                /** @description Send what came after this event, for clients that can't set the Last-Event-ID header. */
                lastEventId?: string;
                /** @description Only events of this site. */
                siteId?: string;
                /** @description Only these types: repeated, or separated by commas. */
                type?: ("job.created" | "job.started" | "stage.started" | "stage.progress" | "stage.completed" | "stage.failed" | "stage.skipped" | "job.warning" | "job.note" | "job.completed" | "job.failed" | "job.cancelled" | "alarm.raised" | "alarm.cleared" | "schedule.missed" | "site.found" | "site.moved" | "site.vanished" | "node.joined" | "node.online" | "node.stale" | "node.offline" | "node.removed")[];
            };
            header?: {
                /** @description Replay what came after this event. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example id: 42
                     *     event: stage.completed
                     *     data: {"id":42,"type":"stage.completed","jobId":"0199…","siteId":"0199…","at":"2026-01-02T03:04:05.000Z","stage":"backup_db"}
                     */
                    "text/event-stream": string;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description STREAMS_TOO_MANY */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Probes_details: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthDetailsDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Probes_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Probes_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyDto"];
                };
            };
            /** @description Not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Hooks_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HookPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Hooks_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateHookDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HookDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Hooks_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HookDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Hooks_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Hooks_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateHookDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HookDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Hooks_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestHookDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HookTestDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Jobs_list: {
        parameters: {
            query?: {
                kind?: "backup" | "restore" | "verify" | "repair";
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
                siteId?: string;
                /** @description One or more: repeated, or separated by commas. */
                status?: ("pending" | "running" | "completed" | "failed" | "cancelled")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Jobs_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Jobs_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_NOT_ACTIVE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Jobs_events: {
        parameters: {
            query?: {
                /** @description Send what came after this event, for clients that can't set the Last-Event-ID header. */
                lastEventId?: string;
            };
            header?: {
                /** @description Replay what came after this event. */
                "Last-Event-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ProblemDto"];
                };
            };
            /** @description STREAMS_TOO_MANY */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Jobs_retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_NOT_RETRYABLE, JOB_ACTIVE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Metrics_scrape: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mirror_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MirrorDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mirror_set: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MirrorSettingsDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MirrorDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mirror_remove: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mirror_restore: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MirrorRestoreRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MirrorRestoreDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mirror_sync: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MirrorSyncRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MirrorSyncDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Mirror_test: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MirrorTestDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    BackupModules_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupModuleListDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Node_heartbeat: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HeartbeatDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeartbeatAnswerDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Join_ask: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JoinRequestDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinRequestAnswerDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Join_collect: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CollectDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectAnswerDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Node_rotate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotateAnswerDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunQuestions_admit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdmitRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunQuestions_begin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunQuestions_commit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommitRequestDto"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunQuestions_damaged: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DamagedRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunQuestions_runHooks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HooksRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunObjects_object: {
        parameters: {
            query: {
                key: string;
                providerId: string;
            };
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its bytes, or a range of them (206). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunQuestions_parents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ParentsRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunQuestions_parent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                backupId: string;
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunUploads_put: {
        parameters: {
            query: {
                key: string;
                number: number;
                providerId: string;
                uploadId: string;
            };
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST, NODE_BACKUP_MADE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunObjects_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    NodeWork_report: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReportsDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportsAnswerDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunObjects_stat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StatRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunUploads_begin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UploadRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST, NODE_BACKUP_MADE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunUploads_abort: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AbortRequestDto"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST, NODE_BACKUP_MADE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunUploads_complete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompleteRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST, NODE_BACKUP_MADE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    RunUploads_parts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PartsRequestDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_LOST, NODE_BACKUP_MADE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    NodeTasks_answer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskAnswerDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskAnswerTakenDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    NodeWork_take: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkRequestDto"];
            };
        };
        responses: {
            /** @description A job or a task; see docs/nodes.md. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nothing to do. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_list: {
        parameters: {
            query?: {
                /** @description Only those of this health. */
                health?: "new" | "online" | "stale" | "offline";
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeDetailDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_remove: {
        parameters: {
            query?: {
                /** @description What becomes of its sites: they stay registered, paused, until they are moved; or they are forgotten. Their backups stay. */
                sites?: "keep" | "remove";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RemovedNodeDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_rename: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameNodeDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_block: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_history: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeHistoryDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_limit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NodeLimitsDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_unlimit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_rotate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Nodes_unblock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    JoinApproval_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitingHostPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    JoinApproval_approve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The code that the host shows, or the id of the request. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    JoinApproval_refuse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The code that the host shows, or the id of the request. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefusedDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    NodeTokens_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeTokenPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    NodeTokens_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateNodeTokenDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedNodeTokenDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    NodeTokens_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Channels_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Channels_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateChannelDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Channels_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Channels_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Channels_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateChannelDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Channels_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelTestDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Channels_kinds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelKindDto"][];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Deliveries_list: {
        parameters: {
            query?: {
                channelId?: string;
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
                siteId?: string;
                state?: "waiting" | "sent" | "failed" | "dropped";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Deliveries_retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Rules_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RulePageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Rules_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRuleDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Rules_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Rules_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Rules_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRuleDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Proof_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProofDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Proof_set: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProofSettingsDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProofDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Proof_run: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunProofDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProofStartedDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description PROOF_ACTIVE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Quotas_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuotaPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Quotas_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scope: "site" | "node" | "provider";
                /** @description Id of the site, node or provider; `self` = the master's own host. */
                subject: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetQuotaDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuotaDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND, STORAGE_NOT_FOUND, NODE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Quotas_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scope: "site" | "node" | "provider";
                /** @description Id of the site, node or provider; `self` = the master's own host. */
                subject: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description QUOTA_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Reconcile_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
                /** @description Only of this storage provider. */
                providerId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconciliationPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Reconcile_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconciliationDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description RECONCILIATION_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Reconcile_getSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconcileScheduleDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Reconcile_setSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReconcileScheduleDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconcileScheduleDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Resources_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourcesDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Retention_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Retention_set: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetRetentionDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Retention_clear: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Scanner_scan: {
        parameters: {
            query?: {
                /** @description How deep to look below each path. */
                maxDepth?: number;
                /** @description The node to look on; this host when absent. */
                nodeId?: string;
                /** @description Absolute path to look in; may be given more than once. The configured folders when absent. */
                path?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanResultDto"];
                    "application/x-ndjson": string;
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_list: {
        parameters: {
            query?: {
                kind?: "backup" | "verify" | "retention" | "reconcile" | "scan";
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchedulePageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateScheduleDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SCHEDULE_EXISTS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleDetailsDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SCHEDULE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SCHEDULE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateScheduleDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SCHEDULE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_pause: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SCHEDULE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_resume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SCHEDULE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleRunDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SCHEDULE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SCHEDULE_RUNNING */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_preview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewScheduleDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchedulePreviewDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleSettingsDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Schedules_setSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduleSettingsDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleSettingsDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Secrets_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretKeysDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Secrets_rotate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotationDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Session_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Session_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Session_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Session_useReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UseResetDto"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Session_askReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskResetDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Session_setUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Sites_list: {
        parameters: {
            query?: {
                /** @description Only those with this label. */
                label?: string;
                /** @description How many to return. */
                limit?: number;
                /** @description Only those on this node; `self` = on the master's own host. */
                nodeId?: string | null;
                /** @description How many to skip. */
                offset?: number;
                /** @description Only the paused ones, or only the others. */
                paused?: boolean;
                /** @description Part of name, path or URL. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SitePageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Sites_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateSiteDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Sites_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Sites_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Sites_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateSiteDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SiteBackups_start: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartBackupDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description JOB_ACTIVE, SITE_PAUSED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SiteMove_move: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveSiteDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Sites_pause: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Repair_repair: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description NOTHING_TO_REPAIR, JOB_ACTIVE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Sites_resume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SiteRetention_show: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionPreviewDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SiteRetention_apply: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionRunDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SiteRetention_preview: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewRetentionDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionPreviewDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SiteSchedules_ofSite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteScheduleDto"][];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description SITE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    SiteSchedules_listDiscovered: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiscoveredSitePageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Sites_import: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportSitesDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportResultDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Alarms_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Storage_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoragePageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Storage_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateStorageDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Storage_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Storage_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Storage_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateStorageDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Reconcile_start: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartReconciliationDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconciliationDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description STORAGE_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description RECONCILIATION_ACTIVE */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Storage_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageTestDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Storage_kinds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageKindDto"][];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Storage_testSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestStorageDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageTestDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Token_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Token_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTokenDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedTokenDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Token_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Quotas_used: {
        parameters: {
            query: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
                scope: "site" | "node" | "provider";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsagePageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_list: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPageDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateUserDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedUserDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateUserDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResetLinkDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_removeFactor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserSessionsDto"];
                };
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    Users_endSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    EventSockets_plain: {
        parameters: {
            query?: {
                /** @description Only events of this job. */
                jobId?: string;
                /** @description Send what came after this event, for clients that can't set the Last-Event-ID header. */
                lastEventId?: string;
                /** @description Only events of this site. */
                siteId?: string;
                /** @description Only these types: repeated, or separated by commas. */
                type?: ("job.created" | "job.started" | "stage.started" | "stage.progress" | "stage.completed" | "stage.failed" | "stage.skipped" | "job.warning" | "job.note" | "job.completed" | "job.failed" | "job.cancelled" | "alarm.raised" | "alarm.cleared" | "schedule.missed" | "site.found" | "site.moved" | "site.vanished" | "node.joined" | "node.online" | "node.stale" | "node.offline" | "node.removed")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The WebSocket is open. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description The role of the token is too low. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description Any other error; its `code` says which. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
}
