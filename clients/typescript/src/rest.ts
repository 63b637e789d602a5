// Made by generate.mjs; see there.
export interface paths {
    "/api/v1/layers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All layers, bottom first */
        get: {
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
                        "application/json": components["schemas"]["LayerSpec"][];
                    };
                };
            };
        };
        put?: never;
        /** Adds a layer */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LayerSpec2"];
                };
            };
            responses: {
                /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
                201: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LayerSpec"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layers/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Puts all layers in a new order */
        put: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description A new order of all layers. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LayerSpec"][];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layers/group": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts layers into a group of their own */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description A group that is to be. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            responses: {
                /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
                201: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LayerSpec"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One layer */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LayerSpec"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Removes a layer */
        delete: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes a layer by a JSON merge patch */
        patch: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LayerSpec"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/layers/{id}/transform": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes a transform by so much */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description A change of a transform, relative to what it is. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TransformBy"];
                };
            };
            responses: {
                /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LayerSpec"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layers/{id}/align": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sizes a layer to an area, or puts it to edges */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description Where a layer is to be. What is left out stays, but a layer that is sized is put in the middle. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Alignment"];
                };
            };
            responses: {
                /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LayerSpec"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layers/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes what a layer shows, by a fade where that is wanted */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description Another content. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewContent"];
                };
            };
            responses: {
                /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LayerSpec"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layers/{id}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a layer elsewhere in the order */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description Another place in the order. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Move"];
                };
            };
            responses: {
                /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LayerSpec"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layers/{id}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Copies a layer; with a group, all that is in it */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description A copy. */
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["Copy"];
                };
            };
            responses: {
                /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
                201: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LayerSpec"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layers/{id}/ungroup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a group apart; what is in it stays where it is seen */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
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
                        "application/json": components["schemas"]["LayerSpec"][];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole show, without destinations */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A show as a file: what people write, and what `GET /api/v1/show` gives. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShowFile"];
                    };
                };
            };
        };
        /** Replaces the show */
        put: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description A show as a file: what people write, and what `GET /api/v1/show` gives. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ShowFile"];
                };
            };
            responses: {
                /** @description A show as a file: what people write, and what `GET /api/v1/show` gives. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShowFile"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes its name, canvas or background by a JSON merge patch */
        patch: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description What the show is beside its lists. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Look"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/shows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shows that are kept beside the one on air */
        get: {
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
                        "application/json": components["schemas"]["SavedView"][];
                    };
                };
            };
        };
        put?: never;
        /** Keeps the show on air */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description The show on air, to be kept. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Keep"];
                };
            };
            responses: {
                /** @description A saved show in a list. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shows/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A saved show, as a file */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A show as a file: what people write, and what `GET /api/v1/show` gives. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShowFile"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Keeps a show file */
        put: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description A show as a file: what people write, and what `GET /api/v1/show` gives. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ShowFile"];
                };
            };
            responses: {
                /** @description A show as a file: what people write, and what `GET /api/v1/show` gives. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShowFile"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Forgets a saved show */
        delete: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shows/{id}/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a saved show on air */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A show as a file: what people write, and what `GET /api/v1/show` gives. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShowFile"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shows/{id}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Copies a saved show */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description A copy. */
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["Copy2"];
                };
            };
            responses: {
                /** @description A saved show in a list. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The templates of scenes */
        get: {
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
                        "application/json": components["schemas"]["Template"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One template */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A pattern for scenes. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Template"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Adds a template, or replaces one */
        put: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description A template, without the name that its URL has. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Pattern"];
                };
            };
            responses: {
                /** @description A pattern for scenes. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Template"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes a template */
        delete: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}/scenes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a scene of a template */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description A scene that is to be made of a template. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Use"];
                };
            };
            responses: {
                /** @description A named arrangement of layers. */
                201: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Scene"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tracks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All audio tracks */
        get: {
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
                        "application/json": components["schemas"]["Track"][];
                    };
                };
            };
        };
        put?: never;
        /** Adds an audio track */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description A track as callers write it. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TrackSpec"];
                };
            };
            responses: {
                /** @description A track of the show. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Track"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tracks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One track */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A track of the show. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Track"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Removes a track */
        delete: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes a track by a JSON merge patch */
        patch: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description A track of the show. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Track"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/destinations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All destinations and how they are */
        get: {
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
                        "application/json": components["schemas"]["DestinationReport"][];
                    };
                };
            };
        };
        put?: never;
        /** Adds a destination */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description A destination as callers write it. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DestinationSpec"];
                };
            };
            responses: {
                /** @description A destination and how it is. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DestinationReport"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/destinations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One destination and how it is */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A destination and how it is. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DestinationReport"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Removes a destination */
        delete: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/destinations/{id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to a destination, the newest last */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
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
                        "application/json": components["schemas"]["Notice"][];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the stream is */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description How the stream is. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamStatus"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Sets the bit rate of the video */
        patch: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description How the program is encoded. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StreamPatch"];
                };
            };
            responses: {
                /** @description How the stream is. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamStatus"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/stream/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publishes to all destinations */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description How the stream is. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamStatus"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends publishing */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description How the stream is. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamStatus"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to the service, the newest last */
        get: {
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
                        "application/json": components["schemas"]["Notice"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/slate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is shown instead of the show */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What is shown instead of the show. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Slate"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes it, or puts it on air */
        patch: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description What is shown instead of the show. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Slate"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/panic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts the slate on air at once */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What is shown instead of the show. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Slate"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fonts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The font families that were added */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Font families by name. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FontFamilies"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a font: the body is a TrueType or OpenType file */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Font families by name. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FontFamilies"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/animations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Plays animations once */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description Animations to be played once. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Animate"];
                };
            };
            responses: {
                /** @description A timeline and where it stands. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimelineView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/presets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The names of ready-made motion */
        get: {
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
                        "application/json": components["schemas"]["PresetName"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timelines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All timelines and where they stand */
        get: {
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
                        "application/json": components["schemas"]["TimelineView"][];
                    };
                };
            };
        };
        put?: never;
        /** Adds a timeline */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description Animations on one clock. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TimelineSpec"];
                };
            };
            responses: {
                /** @description A timeline and where it stands. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimelineView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timelines/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One timeline */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A timeline and where it stands. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimelineView"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Adds a timeline, or replaces it */
        put: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description Animations on one clock. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TimelineSpec"];
                };
            };
            responses: {
                /** @description A timeline and where it stands. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimelineView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes a timeline */
        delete: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timelines/{id}/play": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Plays a timeline */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description How a timeline is to be played. */
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["Play"];
                };
            };
            responses: {
                /** @description A timeline and where it stands. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimelineView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timelines/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a timeline stand */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A timeline and where it stands. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimelineView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timelines/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a timeline go on */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A timeline and where it stands. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimelineView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timelines/{id}/seek": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a timeline at a time */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description A place in a timeline. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Seek"];
                };
            };
            responses: {
                /** @description A timeline and where it stands. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimelineView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timelines/{id}/reverse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turns a timeline round */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A timeline and where it stands. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimelineView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timelines/{id}/rate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes how fast a timeline goes */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description How fast a timeline goes. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetRate"];
                };
            };
            responses: {
                /** @description A timeline and where it stands. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimelineView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timelines/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a timeline before its time */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description How a timeline ends before its time. */
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["Stop"];
                };
            };
            responses: {
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All scenes, and the one on air */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The scenes of the show. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Scenes"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One scene */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A named arrangement of layers. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Scene"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Adds a scene, or replaces it */
        put: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description A scene as it stands in the body: its name is in the path. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SceneBody"];
                };
            };
            responses: {
                /** @description A named arrangement of layers. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Scene"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes a scene */
        delete: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenes/{id}/switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a scene on air */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description The way to a scene. */
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["Switch"];
                };
            };
            responses: {
                /** @description The scenes of the show. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Scenes"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All triggers */
        get: {
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
                        "application/json": components["schemas"]["Trigger"][];
                    };
                };
            };
        };
        put?: never;
        /** Adds a trigger */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description A rule. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Trigger"];
                };
            };
            responses: {
                /** @description A rule. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trigger"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/triggers/fire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sets off the triggers that wait for a name */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description The name that triggers wait for. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Fire"];
                };
            };
            responses: {
                /** @description What came of a command. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Outcome"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/triggers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One trigger */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A rule. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trigger"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Adds a trigger, or replaces it */
        put: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description A rule. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Trigger"];
                };
            };
            responses: {
                /** @description A rule. */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trigger"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes a trigger */
        delete: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What triggers decide by */
        get: {
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
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            [key: string]: unknown;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes it by a JSON merge patch */
        patch: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            [key: string]: unknown;
                        };
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Several commands, all or none, on one frame */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description Several commands. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            responses: {
                /** @description What came of a command. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Outcome"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The mixing desk */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /**
                 * @description The desk. Where parts are left out, they are as the desk has them at first: the voice is rid of rumble
                 *      and evened out, music gives way to it, and the program is brought to -16 LUFS.
                 */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Mix"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes the mixing desk by a JSON merge patch */
        patch: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /**
                 * @description The desk. Where parts are left out, they are as the desk has them at first: the voice is rid of rumble
                 *      and evened out, music gives way to it, and the program is brought to -16 LUFS.
                 */
                200: {
                    headers: {
                        /** @description Its version, for If-Match and If-None-Match. */
                        ETag: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Mix"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/meters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Levels and loudness of the last tenth of a second */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What the meters show. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Meters"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tracks/{id}/skip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a playlist go on with another file */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Only where it still has this version: else 412. */
                    "If-Match"?: string;
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            /** @description How many files further. */
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["Skip"];
                };
            };
            responses: {
                /** @description A track of the show. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Track"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/speak": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a character say something */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description What a character is to say, with its sound. */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Speak"];
                };
            };
            responses: {
                /** @description An utterance of the show. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Utterance"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/speech": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is being said, and what waits to be */
        get: {
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
                        "application/json": components["schemas"]["Utterance"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Ends all speech, or a character's */
        delete: {
            parameters: {
                query?: {
                    /** @description A character's only. */
                    layerId?: components["schemas"]["Id"] | null;
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/speech/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends an utterance */
        delete: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                };
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The files that were sent */
        get: {
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
                        "application/json": components["schemas"]["Upload"][];
                    };
                };
            };
        };
        put?: never;
        /** Sends a file: the body is a sound or a picture */
        post: {
            parameters: {
                query?: {
                    /** @description Its ending is kept, such as `.mp3`. */
                    name?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A file that was sent. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Upload"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes a file that was sent */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description What follows `uploads/` in its URL. */
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description no content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The copies of the store that there are, the oldest first */
        get: {
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
                        "application/json": components["schemas"]["BackupView"][];
                    };
                };
            };
        };
        put?: never;
        /** Copies the store into the data folder; the last ten copies are kept */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A copy of the store. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BackupView"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts back what the last edit has changed */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description Whose edit. */
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["Whose2"];
                };
            };
            responses: {
                /** @description What came of a command. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Outcome"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/redo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Does again what was undone last */
        post: {
            parameters: {
                query?: {
                    /** @description Nothing is done; the answer is what it would be. What triggers would make of it is left out. */
                    dryRun?: boolean;
                };
                header?: {
                    /** @description Who you are, by a name of your own: events, the log and the history of edits have it. */
                    "Stream-Client"?: string;
                    /** @description A name of your own for this request: who sends it again is given the first answer, and nothing is done twice. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description Whose edit. */
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["Whose2"];
                };
            };
            responses: {
                /** @description What came of a command. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Outcome"];
                    };
                };
                /** @description With the header Prefer: respond-async (RFC 7240): it is carried out in its own time. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be undone and done again */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Edits of the near past. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["History"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who commanded what, and when, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description As the page before says; the newest commands where left out. */
                    cursor?: string | null;
                    /** @description How many commands, 1 to 500; 50 where left out. */
                    limit?: number | null;
                    /** @description Only commands of this client. */
                    by?: components["schemas"]["Id"] | null;
                    /** @description Only commands of this kind, such as `createLayer`; those in a batch are of the kind `batch`. */
                    command?: string | null;
                    /** @description Only commands that became durable then or later, in milliseconds since 1970. */
                    since?: number | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of the log, the newest first. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LogPage"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A ticket for one WebSocket: ws://…/ws?ticket=… */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What a WebSocket may bring instead of the token. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ticket"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is carried out in its own time, the oldest first */
        get: {
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
                        "application/json": components["schemas"]["Operation"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far an operation has come */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The name. */
                    id: components["schemas"]["Id"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A request that is carried out in its own time. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operation"];
                    };
                };
                /** @description What is wrong, as a problem document (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
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
        /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
        LayerSpec: {
            /** @description What kind of layer it is. */
            type: components["schemas"]["LayerKind"];
            /** @description Its name; made from the type where left out. */
            id?: components["schemas"]["Id"] | null;
            /**
             * Format: int32
             * @description Higher is nearer to the viewer; on top of all others where left out.
             */
            zIndex?: number | null;
            /**
             * @description Whether it is drawn.
             * @default true
             */
            visible?: boolean;
            /**
             * @description Whether it is kept as it is: a locked layer is not changed, moved or removed until it is unlocked. It may still
             *      be hidden and shown; motion and scenes move it.
             */
            locked?: boolean;
            /**
             * @description How much of it is seen.
             * @default 1
             */
            opacity?: components["schemas"]["Opacity"];
            /**
             * @description Where it is.
             * @default {
             *       "position": {
             *         "x": 0,
             *         "y": 0
             *       },
             *       "scale": {
             *         "x": 1,
             *         "y": 1
             *       },
             *       "rotation": 0,
             *       "anchor": {
             *         "x": 0,
             *         "y": 0
             *       }
             *     }
             */
            transform?: components["schemas"]["Transform"];
            /** @description The group that it is in; none: the show itself. Its position is then meant in the group. */
            parent?: components["schemas"]["Id"] | null;
            /** @description How its colours meet those below: a CSS `mix-blend-mode`. */
            blendMode?: components["schemas"]["BlendMode"];
            /** @description The shape that it is cut to, after its filters. */
            clip?: components["schemas"]["Clip"] | null;
            /** @description What lets it be seen. */
            mask?: components["schemas"]["Mask"] | null;
            /** @description What is done to its pixels, in order, before it is placed. */
            filters?: components["schemas"]["Filter"][];
            /** @description What follows how loud something is: a character that moves as it speaks, a light that dances to music. */
            follows?: components["schemas"]["Follow"][];
            /** @description The character of a `host` or `assistant`. */
            character?: components["schemas"]["Character"] | null;
            /** @description The content of a `visualFeed` or an `overlay`. */
            content?: components["schemas"]["FeedContent"] | components["schemas"]["TextContent"] | components["schemas"]["ImageContent"] | components["schemas"]["ShapeContent"] | components["schemas"]["GroupContent"];
        };
        Id: string;
        /** @description The kinds of layer. */
        LayerKind: "host" | "assistant" | "visualFeed" | "overlay" | "group";
        Opacity: number;
        /**
         * @description Where a layer is: its anchor (a point of its own box) comes to lie on `position`; scale and
         *      rotation turn about the anchor.
         */
        Transform: {
            /**
             * @description In pixels of the canvas from its top left corner.
             * @default {
             *       "x": 0,
             *       "y": 0
             *     }
             */
            position?: components["schemas"]["Point_for_Coordinate"];
            /**
             * @description Factors of size.
             * @default {
             *       "x": 1,
             *       "y": 1
             *     }
             */
            scale?: components["schemas"]["Point_for_Scale"];
            /**
             * @description Degrees clockwise.
             * @default 0
             */
            rotation?: components["schemas"]["Rotation"];
            /**
             * @description A point of the layer's box: (0, 0) its top left, (1, 1) its bottom right.
             * @default {
             *       "x": 0,
             *       "y": 0
             *     }
             */
            anchor?: components["schemas"]["Point_for_Unit"];
        };
        /** @description A pair of coordinates. */
        Point_for_Coordinate: {
            /** @description Across, to the right. */
            x?: components["schemas"]["Coordinate"];
            /** @description Down. */
            y?: components["schemas"]["Coordinate"];
        };
        Coordinate: number;
        /** @description A pair of coordinates. */
        Point_for_Scale: {
            /** @description Across, to the right. */
            x?: components["schemas"]["Scale"];
            /** @description Down. */
            y?: components["schemas"]["Scale"];
        };
        Scale: number;
        Rotation: number;
        /** @description A pair of coordinates. */
        Point_for_Unit: {
            /** @description Across, to the right. */
            x?: components["schemas"]["Unit"];
            /** @description Down. */
            y?: components["schemas"]["Unit"];
        };
        Unit: number;
        /** @description The blend modes of W3C Compositing and Blending Level 1, by their CSS names. */
        BlendMode: "normal" | "multiply" | "screen" | "overlay" | "darken" | "lighten" | "color-dodge" | "color-burn" | "hard-light" | "soft-light" | "difference" | "exclusion" | "hue" | "saturation" | "color" | "luminosity" | "plus-lighter";
        /** @description A shape that a layer is cut to, in pixels of the layer from the top left corner of its box. */
        Clip: {
            /** @constant */
            type: "rect";
            /**
             * @description Its left edge.
             * @default 0
             */
            x?: components["schemas"]["Coordinate"];
            /**
             * @description Its top edge.
             * @default 0
             */
            y?: components["schemas"]["Coordinate"];
            /** @description Its width. */
            width: components["schemas"]["Length"];
            /** @description Its height. */
            height: components["schemas"]["Length"];
            /**
             * @description Radius of its corners.
             * @default 0
             */
            radius?: components["schemas"]["Length"];
        } | {
            /** @constant */
            type: "path";
            /** @description SVG path data. */
            path: components["schemas"]["PathData"];
        };
        Length: number;
        /**
         * @description SVG path data
         * @example M0 0 L100 0 L50 80 Z
         */
        PathData: string;
        /** @description What lets a layer be seen. */
        Mask: {
            /** @description Where it lets through. */
            source: components["schemas"]["MaskSource"];
            /**
             * @description What of the source counts.
             * @default alpha
             */
            mode?: components["schemas"]["MaskMode"];
            /**
             * @description Whether what is outside is seen instead.
             * @default false
             */
            inverted?: boolean;
            /**
             * @description How soft its edge is: standard deviation of a blur.
             * @default 0
             */
            feather?: components["schemas"]["Blur"];
        };
        /** @description The kinds of mask. */
        MaskSource: {
            /** @constant */
            type: "layer";
            /** @description Which one. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "image";
            /** @description Where it is. */
            url: string;
        } | {
            /** @constant */
            type: "shape";
            /** @description Which shape. */
            shape: components["schemas"]["ShapeKind"];
            /**
             * @description Its left edge.
             * @default 0
             */
            x?: components["schemas"]["Coordinate"];
            /**
             * @description Its top edge.
             * @default 0
             */
            y?: components["schemas"]["Coordinate"];
            /**
             * @description Its width.
             * @default 0
             */
            width?: components["schemas"]["Length"];
            /**
             * @description Its height.
             * @default 0
             */
            height?: components["schemas"]["Length"];
            /**
             * @description Radius of a rectangle's corners.
             * @default 0
             */
            radius?: components["schemas"]["Length"];
            /** @description SVG path data of a `path`. */
            path?: components["schemas"]["PathData"] | null;
        };
        /** @description The shapes. */
        ShapeKind: "rect" | "ellipse" | "path";
        /** @description What of a mask counts. */
        MaskMode: "alpha" | "luminance";
        Blur: number;
        /** @description A filter. Lengths are in pixels of the layer, before its scale; colours are straight sRGB. */
        Filter: {
            /** @constant */
            type: "blur";
            /**
             * @description Standard deviation.
             * @default 0
             */
            radius?: components["schemas"]["Blur"];
        } | {
            /** @constant */
            type: "dropShadow";
            /**
             * @description To the right.
             * @default 0
             */
            x?: components["schemas"]["Offset"];
            /**
             * @description Down.
             * @default 0
             */
            y?: components["schemas"]["Offset"];
            /**
             * @description Standard deviation of its blur.
             * @default 0
             */
            radius?: components["schemas"]["Blur"];
            /**
             * @description Its colour.
             * @default #000000
             */
            color?: components["schemas"]["Color"];
        } | {
            /** @constant */
            type: "innerShadow";
            /**
             * @description To the right.
             * @default 0
             */
            x?: components["schemas"]["Offset"];
            /**
             * @description Down.
             * @default 0
             */
            y?: components["schemas"]["Offset"];
            /**
             * @description Standard deviation of its blur.
             * @default 0
             */
            radius?: components["schemas"]["Blur"];
            /**
             * @description Its colour.
             * @default #000000
             */
            color?: components["schemas"]["Color"];
        } | {
            /** @constant */
            type: "glow";
            /**
             * @description Standard deviation of its blur.
             * @default 0
             */
            radius?: components["schemas"]["Blur"];
            /**
             * @description Its colour.
             * @default #ffffff
             */
            color?: components["schemas"]["Color"];
            /**
             * @description How bright: 1 is the blurred shape itself.
             * @default 1
             */
            strength?: components["schemas"]["Amount"];
        } | {
            /** @constant */
            type: "outline";
            /**
             * @description Thickness.
             * @default 4
             */
            width?: components["schemas"]["OutlineWidth"];
            /**
             * @description Its colour.
             * @default #ffffff
             */
            color?: components["schemas"]["Color"];
        } | {
            /** @constant */
            type: "brightness";
            /**
             * @description 0 is black, 1 leaves the layer as it is.
             * @default 1
             */
            amount?: components["schemas"]["Amount"];
        } | {
            /** @constant */
            type: "contrast";
            /**
             * @description 0 is grey, 1 leaves the layer as it is.
             * @default 1
             */
            amount?: components["schemas"]["Amount"];
        } | {
            /** @constant */
            type: "saturation";
            /**
             * @description 0 is grey, 1 leaves the layer as it is.
             * @default 1
             */
            amount?: components["schemas"]["Amount"];
        } | {
            /** @constant */
            type: "hue";
            /**
             * @description By how much.
             * @default 0
             */
            angle?: components["schemas"]["Rotation"];
        } | {
            /** @constant */
            type: "invert";
            /**
             * @description 0 leaves the layer as it is, 1 is its negative.
             * @default 1
             */
            amount?: components["schemas"]["Unit"];
        } | {
            /** @constant */
            type: "sepia";
            /**
             * @description 0 leaves the layer as it is.
             * @default 1
             */
            amount?: components["schemas"]["Unit"];
        } | {
            /** @constant */
            type: "gamma";
            /**
             * @description Colours to the power of 1 / `amount`.
             * @default 1
             */
            amount?: components["schemas"]["Gamma"];
        } | {
            /** @constant */
            type: "colorMatrix";
            /** @description Four rows of five: factors of red, green, blue, alpha, and what is added. */
            matrix: components["schemas"]["Entry"][];
        } | {
            /** @constant */
            type: "lut";
            /** @description Where the file is: a path below the asset folder, an `http(s)` or a `data:` URL. */
            url: string;
            /**
             * @description 0 leaves the layer as it is.
             * @default 1
             */
            amount?: components["schemas"]["Unit"];
        } | {
            /** @constant */
            type: "chromaKey";
            /**
             * @description The screen's colour.
             * @default #00b140
             */
            color?: components["schemas"]["Color"];
            /**
             * @description How far a hue may be from it and still be clear.
             * @default 0.2
             */
            similarity?: components["schemas"]["Unit"];
            /**
             * @description From there to solid.
             * @default 0.1
             */
            smoothness?: components["schemas"]["Unit"];
            /**
             * @description How much of the screen's light is taken out of the subject.
             * @default 0.5
             */
            spill?: components["schemas"]["Unit"];
        } | {
            /** @constant */
            type: "colorKey";
            /**
             * @description The colour.
             * @default #000000
             */
            color?: components["schemas"]["Color"];
            /**
             * @description How far a colour may be from it and still be clear: 1 is from black to white.
             * @default 0.1
             */
            similarity?: components["schemas"]["Unit"];
            /**
             * @description From there to solid.
             * @default 0.1
             */
            smoothness?: components["schemas"]["Unit"];
            /**
             * @description How much of it is taken out of what stays.
             * @default 0
             */
            spill?: components["schemas"]["Unit"];
        } | {
            /** @constant */
            type: "lumaKey";
            /**
             * @description The darkest luma that is kept; 0 keeps black.
             * @default 0
             */
            low?: components["schemas"]["Unit"];
            /**
             * @description The lightest; 1 keeps white.
             * @default 1
             */
            high?: components["schemas"]["Unit"];
            /**
             * @description How soft the ends are.
             * @default 0.1
             */
            smoothness?: components["schemas"]["Unit"];
        } | {
            /** @constant */
            type: "pixelate";
            /**
             * @description Their side.
             * @default 8
             */
            size?: components["schemas"]["Side"];
        } | {
            /** @constant */
            type: "sharpen";
            /**
             * @description How much.
             * @default 1
             */
            amount?: components["schemas"]["Amount"];
            /**
             * @description How wide the edges are: standard deviation of the blur that finds them.
             * @default 1
             */
            radius?: components["schemas"]["Blur"];
        } | {
            /** @constant */
            type: "vignette";
            /**
             * @description How much in the corners.
             * @default 0.5
             */
            amount?: components["schemas"]["Unit"];
            /**
             * @description Where it begins: 0 is the middle of the box, 1 the middle of its sides.
             * @default 0.5
             */
            start?: components["schemas"]["Spread"];
            /**
             * @description How far it takes to be whole.
             * @default 1
             */
            softness?: components["schemas"]["Spread"];
            /**
             * @description Its colour.
             * @default #000000
             */
            color?: components["schemas"]["Color"];
        } | {
            /** @constant */
            type: "grain";
            /**
             * @description How strong, as a share of the range from black to white.
             * @default 0.1
             */
            amount?: components["schemas"]["Unit"];
            /**
             * @description Side of a grain.
             * @default 1
             */
            size?: components["schemas"]["Side"];
            /**
             * Format: uint32
             * @description Another seed is another grain.
             * @default 0
             */
            seed?: number;
            /**
             * @description How often it changes; 0 stands still.
             * @default 24
             */
            rate?: components["schemas"]["PerSecond"];
        } | {
            /** @constant */
            type: "displacement";
            /** @description The picture, stretched over the layer's box. */
            url: string;
            /**
             * @description How far white moves to the right.
             * @default 0
             */
            x?: components["schemas"]["Offset"];
            /**
             * @description How far white moves down.
             * @default 0
             */
            y?: components["schemas"]["Offset"];
        } | {
            /** @constant */
            type: "cornerPin";
            /**
             * @description Where the top left corner goes, from where it is.
             * @default {
             *       "x": 0,
             *       "y": 0
             *     }
             */
            topLeft?: components["schemas"]["Point_for_Coordinate"];
            /**
             * @description The top right one.
             * @default {
             *       "x": 0,
             *       "y": 0
             *     }
             */
            topRight?: components["schemas"]["Point_for_Coordinate"];
            /**
             * @description The bottom right one.
             * @default {
             *       "x": 0,
             *       "y": 0
             *     }
             */
            bottomRight?: components["schemas"]["Point_for_Coordinate"];
            /**
             * @description The bottom left one.
             * @default {
             *       "x": 0,
             *       "y": 0
             *     }
             */
            bottomLeft?: components["schemas"]["Point_for_Coordinate"];
        } | {
            /** @constant */
            type: "crop";
            /**
             * @description At the left.
             * @default 0
             */
            left?: components["schemas"]["Length"];
            /**
             * @description At the top.
             * @default 0
             */
            top?: components["schemas"]["Length"];
            /**
             * @description At the right.
             * @default 0
             */
            right?: components["schemas"]["Length"];
            /**
             * @description At the bottom.
             * @default 0
             */
            bottom?: components["schemas"]["Length"];
        } | {
            /** @constant */
            type: "scroll";
            /**
             * @description To the right.
             * @default 0
             */
            x?: components["schemas"]["Speed"];
            /**
             * @description Down.
             * @default 0
             */
            y?: components["schemas"]["Speed"];
            /**
             * @description What is kept clear between the end and the next beginning.
             * @default 0
             */
            gap?: components["schemas"]["Length"];
            /**
             * @description Width of the window that it is seen through; the box's own where 0.
             * @default 0
             */
            width?: components["schemas"]["Length"];
            /**
             * @description Height of the window; the box's own where 0.
             * @default 0
             */
            height?: components["schemas"]["Length"];
        };
        Offset: number;
        /**
         * @description a CSS colour
         * @example #ff8800
         * @example #00000080
         * @example gold
         */
        Color: string;
        Amount: number;
        OutlineWidth: number;
        Gamma: number;
        Entry: number;
        Side: number;
        Spread: number;
        PerSecond: number;
        Speed: number;
        /** @description A property of a layer that follows how loud something is. */
        Follow: {
            /** @description What it listens to. */
            to: components["schemas"]["Heard"];
            /** @description What follows. */
            property: components["schemas"]["Following"];
            /** @description What is added where it is loud: pixels, degrees, or a share. */
            by: components["schemas"]["Finite"];
            /**
             * @description What is quieter than this changes nothing.
             * @default -45
             */
            floorDb?: components["schemas"]["LevelDb"];
            /**
             * @description What is louder than this changes no more.
             * @default -15
             */
            ceilingDb?: components["schemas"]["LevelDb"];
            /**
             * @description From all to nothing, when it is silent again.
             * @default 0.15
             */
            fall?: components["schemas"]["Fall"];
        };
        /** @description What is listened to. */
        Heard: {
            voice: components["schemas"]["Id"];
        } | {
            bus: components["schemas"]["BusName"];
        };
        /** @description The buses, in which sounds of one kind come together. */
        BusName: "voice" | "music" | "effects" | "feed";
        /** @description What follows. */
        Following: "position.x" | "position.y" | "scale" | "scale.x" | "scale.y" | "rotation" | "opacity";
        Finite: number;
        LevelDb: number;
        Fall: number;
        /**
         * @description The character of a host or an assistant. Shown as an image for now: `textureUrl`, or `modelUrl`
         *      where there is none.
         */
        Character: {
            /** @description The body. */
            modelUrl: string;
            /** @description Its picture. */
            textureUrl?: string | null;
            /** @description Motions by name. */
            animations?: {
                [key: string]: unknown;
            };
        };
        /** @description The content of a `visualFeed` layer. */
        FeedContent: {
            /**
             * @description The picture: PNG, JPEG, WebP or SVG, as a path below the asset folder, an `http(s)` or a
             *      `data:` URL.
             */
            imageUrl: string;
            /** @description What is shown instead where the picture cannot be had: it is tried again from time to time. */
            fallbackUrl?: string | null;
            /** @description Whatever the caller wants to keep with it. */
            metadata?: {
                [key: string]: unknown;
            };
            /** @description Width of the box; from the image where left out. */
            width?: components["schemas"]["Length"] | null;
            /** @description Height of the box; from the image where left out. */
            height?: components["schemas"]["Length"] | null;
            /**
             * @description How the picture fills a box of another shape.
             * @default contain
             */
            fit?: components["schemas"]["Fit"];
        };
        /** @description How a picture fills a box of another shape. */
        Fit: "contain" | "cover" | "fill";
        /** @description An overlay of text. */
        TextContent: {
            type: components["schemas"]["OverlayKind"];
            content: components["schemas"]["TextBody"];
            /**
             * @default {
             *       "fontSize": 48,
             *       "fontWeight": 400,
             *       "italic": false,
             *       "color": "#ffffff",
             *       "align": "left",
             *       "lineHeight": 1.2,
             *       "letterSpacing": 0
             *     }
             */
            style?: components["schemas"]["TextStyle"];
        };
        /** @description What an overlay shows. */
        OverlayKind: "text" | "image" | "shape";
        TextBody: string | components["schemas"]["TextRun"][];
        /** @description A part of a text with its own look. */
        TextRun: {
            /** @description What it says. */
            text: string;
            /** @description A family by name. */
            fontFamily?: string | null;
            /** @description Em size. */
            fontSize?: components["schemas"]["FontSize"] | null;
            /** @description CSS weight. */
            fontWeight?: components["schemas"]["FontWeight"] | null;
            /** @description Slanted. */
            italic?: boolean | null;
            /** @description Fill. */
            color?: components["schemas"]["Color"] | null;
            /** @description Extra space between letters. */
            letterSpacing?: components["schemas"]["Coordinate"] | null;
            /** @description A line below. */
            underline?: boolean | null;
            /** @description A line through. */
            strikethrough?: boolean | null;
        };
        FontSize: number;
        FontWeight: number;
        /** @description The style of a text overlay. Lengths in pixels before the layer's scale. */
        TextStyle: {
            /** @description A family by name; the bundled family where left out. An unknown family is refused. */
            fontFamily?: string | null;
            /**
             * @description Em size.
             * @default 48
             */
            fontSize?: components["schemas"]["FontSize"];
            /**
             * @description CSS weight, 1 to 1000.
             * @default 400
             */
            fontWeight?: components["schemas"]["FontWeight"];
            /**
             * @description Slanted.
             * @default false
             */
            italic?: boolean;
            /**
             * @description Fill; a gradient spans the whole text.
             * @default #ffffff
             */
            color?: components["schemas"]["Fill"];
            /** @description Axes of a variable font by their tag: `{"wdth": 80, "slnt": -8}`. */
            fontAxes?: {
                [key: string]: number;
            };
            /** @description OpenType features by their tag: `{"smcp": 1, "liga": 0}`. */
            fontFeatures?: {
                [key: string]: number;
            };
            /** @description Figures that are all as wide, so that a countdown or a price does not jump. */
            tabularNumbers?: boolean;
            /** @description A line below. */
            underline?: boolean;
            /** @description A line through. */
            strikethrough?: boolean;
            /**
             * @description Alignment of lines inside `width`.
             * @default left
             */
            align?: components["schemas"]["Align"];
            /** @description Width to wrap at; one line for each line of the text where left out. */
            width?: components["schemas"]["Length"] | null;
            /** @description Height of the box; as high as the text where left out. */
            height?: components["schemas"]["Length"] | null;
            /** @description Where the text sits in `height`. */
            verticalAlign?: components["schemas"]["VerticalAlign"];
            /** @description What happens to a text that is too long for `width`, `height` or `maxLines`. */
            overflow?: components["schemas"]["Overflow"];
            /**
             * Format: uint16
             * @description How many lines are shown at most.
             */
            maxLines?: number | null;
            /** @description How much of the text has come to be seen: for texts that are typed, or rise, letter by letter. */
            reveal?: components["schemas"]["Reveal"] | null;
            /**
             * Format: double
             * @description Height of a line as a factor of the font size.
             * @default 1.2
             */
            lineHeight?: number;
            /**
             * @description Extra space between letters.
             * @default 0
             */
            letterSpacing?: components["schemas"]["Coordinate"];
            /** @description Outline, drawn below the fill and centred on the glyph's edge. */
            stroke?: components["schemas"]["Stroke"] | null;
            /** @description Shadow of glyphs and outline. */
            shadow?: components["schemas"]["BoxShadow"] | null;
            /** @description A box behind the text. */
            background?: components["schemas"]["TextBackground"] | null;
        };
        Fill: components["schemas"]["Color"] | components["schemas"]["Gradient"];
        /** @description Colours along a line or out from the middle. */
        Gradient: {
            /** @description Its geometry. */
            gradient: components["schemas"]["GradientKind"];
            /**
             * @description Direction of a linear gradient in degrees: 0 to the right, 90 down.
             * @default 0
             */
            angle?: components["schemas"]["Rotation"];
            /** @description Two to 16 colours in order of offset. */
            stops: components["schemas"]["GradientStop"][];
        };
        /** @description The geometries of a gradient. */
        GradientKind: "linear" | "radial";
        /** @description A colour of a gradient. */
        GradientStop: {
            /** @description Where: 0 (start) to 1 (end). */
            offset: components["schemas"]["Unit"];
            /** @description The colour there. */
            color: components["schemas"]["Color"];
        };
        /** @description Where lines of text sit in their box. */
        Align: "left" | "center" | "right";
        /** @description Where text sits in a box that is higher. */
        VerticalAlign: "top" | "middle" | "bottom";
        /** @description What happens to a text that is too long for its box. */
        Overflow: "visible" | "ellipsis" | "shrink";
        /** @description Letters that come one after the other. */
        Reveal: {
            /**
             * @description 0: nothing is seen; 1: the whole text.
             * @default 1
             */
            amount?: components["schemas"]["Unit"];
            /**
             * @description How many letters are on their way at a time; 0: each is there at once.
             * @default 0
             */
            softness?: components["schemas"]["Letters"];
            /**
             * @description How far below its place a letter begins, in pixels.
             * @default 0
             */
            rise?: components["schemas"]["Coordinate"];
        };
        Letters: number;
        /** @description An outline. */
        Stroke: {
            /** @description Colour of the line. */
            color: components["schemas"]["Color"];
            /** @description Thickness in pixels. */
            width: components["schemas"]["Length"];
            /** @description Lengths of dashes and gaps, in turn; a whole line where empty. Texts have none. */
            dash?: components["schemas"]["Length"][];
            /** @description How far into the dashes the line begins. */
            dashOffset?: components["schemas"]["Coordinate"];
            /** @description How the line and its dashes end. */
            cap?: components["schemas"]["LineCap"];
            /** @description How it goes round corners. */
            join?: components["schemas"]["LineJoin"];
        };
        /** @description How a line ends (SVG `stroke-linecap`). */
        LineCap: "butt" | "round" | "square";
        /** @description How a line goes round corners (SVG `stroke-linejoin`). */
        LineJoin: "miter" | "round" | "bevel";
        /** @description A shadow. */
        BoxShadow: {
            /** @description Colour. */
            color: components["schemas"]["Color"];
            /**
             * @description To the right, in pixels.
             * @default 0
             */
            x?: components["schemas"]["Coordinate"];
            /**
             * @description Down, in pixels.
             * @default 0
             */
            y?: components["schemas"]["Coordinate"];
            /**
             * @description Blur radius in pixels: twice the Gaussian's sigma, as in CSS.
             * @default 0
             */
            blur?: components["schemas"]["Blur"];
        };
        /** @description The box behind a text. */
        TextBackground: {
            /** @description Fill. */
            color: components["schemas"]["Fill"];
            /**
             * @description Space between the text and the edge of the box.
             * @default {
             *       "x": 0,
             *       "y": 0
             *     }
             */
            padding?: components["schemas"]["Padding"];
            /**
             * @description Corner radius in pixels.
             * @default 0
             */
            radius?: components["schemas"]["Length"];
        };
        /** @description Horizontal and vertical space in pixels. */
        Padding: {
            /**
             * @description Left and right.
             * @default 0
             */
            x?: components["schemas"]["Length"];
            /**
             * @description Top and bottom.
             * @default 0
             */
            y?: components["schemas"]["Length"];
        };
        /** @description An overlay of an image. */
        ImageContent: {
            type: components["schemas"]["OverlayKind"];
            content: string;
            /**
             * @default {
             *       "fit": "contain"
             *     }
             */
            style?: components["schemas"]["ImageStyle"];
        };
        /** @description The style of an image overlay. */
        ImageStyle: {
            /** @description Width of the box; from the image where left out. */
            width?: components["schemas"]["Length"] | null;
            /** @description Height of the box; from the image where left out. */
            height?: components["schemas"]["Length"] | null;
            /**
             * @description How the image fills a box of another shape.
             * @default contain
             */
            fit?: components["schemas"]["Fit"];
            /** @description How its pixels are enlarged. */
            sampling?: components["schemas"]["Sampling"];
            /**
             * @description Nine-slice: how much of the image at its left, top, right and bottom keeps its size while the
             *      rest is stretched over the box.
             */
            slice?: components["schemas"]["Length"][] | null;
            /**
             * @description Of a Lottie animation: as of when it is shown, in seconds; it begins again at its end. To play it,
             *      animate this.
             */
            time?: components["schemas"]["Seconds"];
        };
        /** @description How an image's pixels are enlarged. */
        Sampling: "smooth" | "nearest";
        Seconds: number;
        /** @description An overlay of a shape. */
        ShapeContent: {
            type: components["schemas"]["OverlayKind"];
            content: components["schemas"]["ShapeKind"];
            /**
             * @default {
             *       "width": 100,
             *       "height": 100,
             *       "radius": 0,
             *       "fill": "#ffffff"
             *     }
             */
            style?: components["schemas"]["ShapeStyle"];
        };
        /** @description The style of a shape overlay. */
        ShapeStyle: {
            /**
             * @description Width of the box in pixels.
             * @default 100
             */
            width?: components["schemas"]["Length"];
            /**
             * @description Height of the box in pixels.
             * @default 100
             */
            height?: components["schemas"]["Length"];
            /**
             * @description Corner radius of a rounded rectangle.
             * @default 0
             */
            radius?: components["schemas"]["Length"];
            /** @description SVG path data of a `path`, in pixels from the box's top left corner. It may leave the box. */
            path?: components["schemas"]["PathData"] | null;
            /** @description Which parts of a path that crosses itself are inside. */
            fillRule?: components["schemas"]["FillRule"];
            /**
             * @description What fills it; nothing where `null`.
             * @default #ffffff
             */
            fill?: components["schemas"]["Fill"] | null;
            /** @description Its outline, inside the box. */
            stroke?: components["schemas"]["Stroke"] | null;
            /** @description Its shadow. */
            shadow?: components["schemas"]["BoxShadow"] | null;
        };
        /** @description Which parts of a path that crosses itself are inside (SVG 1.1, section 11.3). */
        FillRule: "nonzero" | "evenodd";
        /** @description The content of a `group` layer; may be left out. */
        GroupContent: {
            /**
             * @description Whether its layers blend with each other alone. Where not, they meet what is below the group.
             * @default true
             */
            isolated?: boolean;
            /**
             * @description Whether each of its layers takes the place of those below it in the group.
             * @default false
             */
            knockout?: boolean;
        };
        /** @description A layer as callers write it: everything but `type` and what the type needs may be left out. */
        LayerSpec2: {
            /** @description What kind of layer it is. */
            type: components["schemas"]["LayerKind"];
            /** @description Its name; made from the type where left out. */
            id?: components["schemas"]["Id"] | null;
            /**
             * Format: int32
             * @description Higher is nearer to the viewer; on top of all others where left out.
             */
            zIndex?: number | null;
            /**
             * @description Whether it is drawn.
             * @default true
             */
            visible?: boolean;
            /**
             * @description Whether it is kept as it is: a locked layer is not changed, moved or removed until it is unlocked. It may still
             *      be hidden and shown; motion and scenes move it.
             */
            locked?: boolean;
            /**
             * @description How much of it is seen.
             * @default 1
             */
            opacity?: components["schemas"]["Opacity"];
            /**
             * @description Where it is.
             * @default {
             *       "position": {
             *         "x": 0,
             *         "y": 0
             *       },
             *       "scale": {
             *         "x": 1,
             *         "y": 1
             *       },
             *       "rotation": 0,
             *       "anchor": {
             *         "x": 0,
             *         "y": 0
             *       }
             *     }
             */
            transform?: components["schemas"]["Transform"];
            /** @description The group that it is in; none: the show itself. Its position is then meant in the group. */
            parent?: components["schemas"]["Id"] | null;
            /** @description How its colours meet those below: a CSS `mix-blend-mode`. */
            blendMode?: components["schemas"]["BlendMode"];
            /** @description The shape that it is cut to, after its filters. */
            clip?: components["schemas"]["Clip"] | null;
            /** @description What lets it be seen. */
            mask?: components["schemas"]["Mask"] | null;
            /** @description What is done to its pixels, in order, before it is placed. */
            filters?: components["schemas"]["Filter"][];
            /** @description What follows how loud something is: a character that moves as it speaks, a light that dances to music. */
            follows?: components["schemas"]["Follow"][];
            /** @description The character of a `host` or `assistant`. */
            character?: components["schemas"]["Character"] | null;
            /** @description The content of a `visualFeed` or an `overlay`. */
            content?: components["schemas"]["FeedContent"] | components["schemas"]["TextContent"] | components["schemas"]["ImageContent"] | components["schemas"]["ShapeContent"] | components["schemas"]["GroupContent"];
        };
        /** @description A problem document. */
        Problem: {
            /** @description The same for people. */
            title: string;
            /** @description What kind of problem it is: stable, for programs. */
            type: string;
            /**
             * Format: uint16
             * @description The HTTP status.
             */
            status: number;
            /** @description What is wrong here, and what is allowed. */
            detail: string;
            /** @description The field that is wrong, such as `transform.scale.x`. */
            field?: string | null;
        };
        /** @description A new order of all layers. */
        Order: {
            /** @description Every layer once, bottom first. */
            order: components["schemas"]["Id"][];
        };
        /** @description A group that is to be. */
        Group: {
            /** @description What is in it: layers of one group, or of none. */
            layers: components["schemas"]["Id"][];
            /**
             * @description Its name.
             * @default null
             */
            id?: components["schemas"]["Id"] | null;
        };
        Named: {
            /** @description The name. */
            id: components["schemas"]["Id"];
        };
        /** @description A change of a transform, relative to what it is. */
        TransformBy: {
            /** @description Added, in pixels. */
            position?: components["schemas"]["Point_for_Coordinate"];
            /** @description Factors. */
            scale?: components["schemas"]["Point_for_Scale"];
            /** @description Added, in degrees. */
            rotation?: components["schemas"]["Rotation"];
        };
        /** @description Where a layer is to be. What is left out stays, but a layer that is sized is put in the middle. */
        Alignment: {
            /** @description How large. */
            size?: components["schemas"]["Sizing"] | null;
            /** @description Where across. */
            horizontal?: components["schemas"]["Horizontal"] | null;
            /** @description Where down. */
            vertical?: components["schemas"]["Vertical"] | null;
            /** @description In what area; for a layer of a group, in the group's own pixels. */
            within?: components["schemas"]["Area"];
            /** @description How far inside of it, in pixels. */
            margin?: components["schemas"]["Length"];
        };
        /** @description How a layer is sized. */
        Sizing: "fit" | "fill" | "cover" | "contain";
        /** @description A place across. */
        Horizontal: "left" | "center" | "right";
        /** @description A place down. */
        Vertical: "top" | "center" | "bottom";
        /** @description What a layer is aligned with. */
        Area: "canvas" | "safeAction" | "safeTitle" | {
            layer: components["schemas"]["Id"];
        } | {
            rect: {
                /** @description Its left edge. */
                x: components["schemas"]["Coordinate"];
                /** @description Its top edge. */
                y: components["schemas"]["Coordinate"];
                /** @description How wide it is. */
                width: components["schemas"]["Length"];
                /** @description How high it is. */
                height: components["schemas"]["Length"];
            };
        };
        /** @description Another content. */
        NewContent: {
            /** @description A JSON merge patch on the layer's content. */
            content: {
                [key: string]: unknown;
            };
            /**
             * @description The way there: a cut where left out, or a fade.
             * @default {
             *       "type": "cut"
             *     }
             */
            transition?: components["schemas"]["Transition"];
        };
        /** @description How one scene becomes the next. */
        Transition: {
            /**
             * @description Which way.
             * @default cut
             */
            type?: components["schemas"]["TransitionKind"];
            /** @description How long it takes, in seconds; half a second where left out. */
            duration?: components["schemas"]["Seconds"] | null;
            /** @description How it gets there; ease-in-out where left out. */
            easing?: components["schemas"]["Easing"] | null;
            /** @description Slide and wipe: the side from which the next scene comes. */
            side?: components["schemas"]["Side2"];
            /** @description Wipe: a picture over the whole canvas; the next scene is seen first where it is dark. */
            imageUrl?: string | null;
            /** @description Wipe: how soft its edge is. */
            softness?: components["schemas"]["Unit"];
            /** @description Stinger: the layer that covers the cut; it may be hidden otherwise. */
            layer?: components["schemas"]["Id"] | null;
            /** @description Stinger: when the scenes change, in seconds; in the middle where left out. */
            cutAt?: components["schemas"]["Seconds"] | null;
            /** @description Stinger: a timeline that is played from its beginning. */
            timeline?: components["schemas"]["Id"] | null;
        };
        /** @description The ways from scene to scene. */
        TransitionKind: "cut" | "fade" | "slide" | "wipe" | "zoom" | "stinger" | "move";
        /**
         * @description a CSS easing, one of Penner's, or a spring
         * @example ease-out
         * @example cubic-bezier(0.2, 0, 0, 1)
         * @example ease-out-bounce
         * @example spring(1, 180, 12)
         */
        Easing: string;
        /** @description A side of the picture. */
        Side2: "right" | "left" | "top" | "bottom";
        /** @description Another place in the order. */
        Move: {
            /** @description Where. */
            to: components["schemas"]["Rank"];
        };
        /** @description A place in the order of layers. */
        Rank: "front" | "back" | {
            above: components["schemas"]["Id"];
        } | {
            below: components["schemas"]["Id"];
        } | {
            /** Format: int32 */
            z: number;
        };
        /** @description A copy. */
        Copy: {
            /**
             * @description Its name; made from the layer's where left out.
             * @default null
             */
            newId?: components["schemas"]["Id"] | null;
        };
        /** @description A show as a file: what people write, and what `GET /api/v1/show` gives. */
        ShowFile: {
            /** @description The JSON Schema, for editors. */
            $schema?: string | null;
            /**
             * @description Its name.
             * @default
             */
            name?: string;
            /**
             * @description The space in which it is laid out.
             * @default {
             *       "width": 1920,
             *       "height": 1080
             *     }
             */
            canvas?: components["schemas"]["Canvas"];
            /**
             * @description What shows where no layer is; black where left out.
             * @default null
             */
            background?: components["schemas"]["Color"] | null;
            /**
             * @description Bottom to top where `zIndex` is left out.
             * @default []
             */
            layers?: components["schemas"]["LayerSpec2"][];
            /**
             * @description What sounds.
             * @default []
             */
            tracks?: components["schemas"]["TrackSpec"][];
            /** @description The mixing desk. */
            mix?: components["schemas"]["Mix"];
            /** @description What is shown instead of it while something is wrong. */
            slate?: components["schemas"]["Slate"];
            /** @description What moves. */
            timelines?: components["schemas"]["TimelineSpec"][];
            /** @description Arrangements of layers. */
            scenes?: components["schemas"]["Scene"][];
            /** @description The scene that is on air first. */
            scene?: components["schemas"]["Id"] | null;
            /** @description What happens by itself. */
            triggers?: components["schemas"]["Trigger"][];
            /** @description What triggers decide by. */
            data?: {
                [key: string]: unknown;
            };
            /** @description Patterns for scenes. */
            templates?: components["schemas"]["Template"][];
            /** @description Where it is published. Never given out. */
            destinations?: components["schemas"]["DestinationSpec"][];
        };
        /** @description The space in which a show is laid out. The program scales it to the stream's resolution. */
        Canvas: {
            /**
             * Format: uint32
             * @description Pixels across.
             */
            width: number;
            /**
             * Format: uint32
             * @description Pixels down.
             */
            height: number;
        };
        /** @description A track as callers write it. */
        TrackSpec: {
            /** @description Its name; made where left out. */
            id?: components["schemas"]["Id"] | null;
            /**
             * @description WAV, MP3, FLAC, OGG Vorbis, Opus, AAC or M4A: a path below the asset folder, an upload, or an
             *      `http(s)` URL.
             */
            url?: string;
            /** @description Instead of `url`: files that follow one another. */
            playlist?: components["schemas"]["Playlist"] | null;
            /** @description The bus that it goes to. */
            bus?: components["schemas"]["BusName"];
            /**
             * @description Loudness relative to the file.
             * @default 0
             */
            gainDb?: components["schemas"]["GainDb"];
            /** @description Nothing of it is heard. */
            muted?: boolean;
            /** @description Only tracks with this are heard, if there are any. */
            solo?: boolean;
            /** @description Left (-1) to right (1). */
            pan?: components["schemas"]["Pan"];
            /**
             * @description Begin again at the end.
             * @default false
             */
            loop?: boolean;
            /**
             * @description The URL is a stream without end, such as a radio's: it is heard as it comes, and is connected again where it
             *      is lost.
             */
            live?: boolean;
            /** @description When it begins; at once, which is 60 ms later, where left out. */
            start?: components["schemas"]["ShowTime"] | null;
            /** @description How far into the file or playlist it begins, in seconds. */
            offset?: components["schemas"]["Offset"];
            /** @description Names of places in it, in seconds from its beginning, for motion to begin at. */
            cues?: {
                [key: string]: components["schemas"]["Seconds"];
            };
            /** @description How long the file is, in seconds. The service finds it out. */
            length?: components["schemas"]["Seconds"] | null;
        };
        /** @description Files that follow one another. */
        Playlist: {
            /** @description The files. */
            items: components["schemas"]["PlaylistItem"][];
            /** @description Whether each round has an order of its own. */
            shuffle?: boolean;
            /**
             * Format: uint32
             * @description What the orders go by; chosen by the service where left out.
             */
            seed?: number | null;
            /** @description How long one goes into the next; 0: one begins on the sample at which the other ends. */
            crossFade?: components["schemas"]["CrossFade"];
        };
        /** @description A file of a playlist. */
        PlaylistItem: {
            /** @description What it is called. */
            title?: string | null;
            /** @description A path below the asset folder, an upload, or an `http(s)` URL. */
            url: string;
            /** @description How long it is, in seconds. The service finds it out. */
            length?: components["schemas"]["Seconds"] | null;
        };
        CrossFade: number;
        GainDb: number;
        Pan: number;
        /** @description seconds since the start of the show */
        ShowTime: number;
        /**
         * @description The desk. Where parts are left out, they are as the desk has them at first: the voice is rid of rumble
         *      and evened out, music gives way to it, and the program is brought to -16 LUFS.
         */
        Mix: {
            /** @description The buses. */
            buses: components["schemas"]["Buses"];
            /** @description What becomes of their sum. */
            program: components["schemas"]["ProgramMix"];
        };
        /** @description Every bus. */
        Buses: {
            /** @description Speech. */
            voice: components["schemas"]["Bus"];
            /** @description Music. */
            music: components["schemas"]["Bus"];
            /** @description Short sounds. */
            effects: components["schemas"]["Bus"];
            /** @description What comes from outside. */
            feed: components["schemas"]["Bus"];
        };
        /** @description What is done to a bus, in this order: high-pass, gate, compressor, gain, ducking. */
        Bus: {
            /** @description Its gain. */
            gainDb: components["schemas"]["GainDb"];
            /** @description Nothing of it is heard. */
            muted: boolean;
            /** @description Only buses with this are heard, if there are any. */
            solo: boolean;
            /** @description Left (-1) to right (1). */
            pan: components["schemas"]["Pan"];
            /** @description What is below goes; 0: nothing does. */
            highPassHz: components["schemas"]["HighPassHz"];
            /** @description Silences what is quiet. */
            gate: components["schemas"]["Gate"];
            /** @description Evens out what is loud. */
            compressor: components["schemas"]["Compressor"];
            /** @description Gives way to another bus. */
            ducking: components["schemas"]["Ducking"];
        };
        HighPassHz: number;
        /** @description Silences a bus while it is quiet. */
        Gate: {
            /** @description Whether it is at work. */
            enabled: boolean;
            /** @description It opens above this, and closes 3 dB below. */
            thresholdDb: components["schemas"]["LevelDb"];
            /** @description How much quieter it is when closed. */
            rangeDb: components["schemas"]["RangeDb"];
            /** @description Seconds until it is open. */
            attack: components["schemas"]["Reaction"];
            /** @description Seconds that it stays open. */
            hold: components["schemas"]["Reaction"];
            /** @description Seconds until it is closed. */
            release: components["schemas"]["Reaction"];
        };
        RangeDb: number;
        Reaction: number;
        /** @description Turns down what is above a threshold. */
        Compressor: {
            /** @description Whether it is at work. */
            enabled: boolean;
            /** @description What is above is turned down. */
            thresholdDb: components["schemas"]["LevelDb"];
            /** @description So many dB above become one. */
            ratio: components["schemas"]["Ratio"];
            /** @description How wide the bend about the threshold is. */
            kneeDb: components["schemas"]["KneeDb"];
            /** @description Seconds until two thirds of the way down are gone. */
            attack: components["schemas"]["Reaction"];
            /** @description Seconds until two thirds of the way back are gone. */
            release: components["schemas"]["Reaction"];
            /** @description Added afterwards. */
            makeupDb: components["schemas"]["GainDb"];
        };
        Ratio: number;
        KneeDb: number;
        /** @description Turns a bus down while another is heard. */
        Ducking: {
            /** @description Whether it is at work. */
            enabled: boolean;
            /** @description The bus that it gives way to. */
            by: components["schemas"]["BusName"];
            /** @description Above this level of that bus. */
            thresholdDb: components["schemas"]["LevelDb"];
            /** @description How decidedly: so many dB above are answered with all but one. */
            ratio: components["schemas"]["Ratio"];
            /** @description How far at most. */
            rangeDb: components["schemas"]["RangeDb"];
            /** @description Seconds until two thirds of the way down are gone. */
            attack: components["schemas"]["Reaction"];
            /** @description Seconds that it stays down. */
            hold: components["schemas"]["Reaction"];
            /** @description Seconds until two thirds of the way back are gone. */
            release: components["schemas"]["Reaction"];
        };
        /** @description What becomes of the sum of all buses, in this order: leveller, gain, limiter. */
        ProgramMix: {
            /** @description Its gain. */
            gainDb: components["schemas"]["GainDb"];
            /** @description Nothing is heard. */
            muted: boolean;
            /** @description Brings it to a loudness. */
            leveller: components["schemas"]["Leveller"];
            /** @description No peak of the wave is above this. */
            ceilingDbtp: components["schemas"]["CeilingDbtp"];
        };
        /** @description Brings the program to a loudness, slowly. */
        Leveller: {
            /** @description Whether it is at work. */
            enabled: boolean;
            /** @description The loudness. */
            targetLufs: components["schemas"]["Lufs"];
        };
        Lufs: number;
        CeilingDbtp: number;
        /** @description What is shown instead of the show. */
        Slate: {
            /**
             * @description Whether it is on air now. Music goes on; speech, effects and what comes from outside are not heard.
             * @default false
             */
            on?: boolean;
            /**
             * @description What it says.
             * @default We will be right back
             */
            text?: string;
            /**
             * @description A smaller line below.
             * @default
             */
            detail?: string;
            /** @description A picture that fills it. */
            imageUrl?: string | null;
            /**
             * @description Below the picture.
             * @default #10121b
             */
            background?: components["schemas"]["Color"];
            /**
             * @description Of the text.
             * @default #ffffff
             */
            color?: components["schemas"]["Color"];
        };
        /** @description Animations on one clock. */
        TimelineSpec: {
            /** @description Its name; made where left out. */
            id?: components["schemas"]["Id"] | null;
            /**
             * @description What happens in it.
             * @default []
             */
            animations?: components["schemas"]["AnimationSpec"][];
            /** @description How long it takes once, in seconds; until its last animation has ended where left out. */
            duration?: components["schemas"]["Seconds"] | null;
            /** @description Whether it begins again at its end: `true` for ever, a number for that many more times. */
            loop?: components["schemas"]["Repeat"];
            /** @description Whether every second time runs backwards. */
            yoyo?: boolean;
            /** @description Names of places in it, in seconds. An event tells when one is passed. */
            labels?: {
                [key: string]: components["schemas"]["Seconds"];
            };
            /** @description How fast it plays; not 0. */
            playbackRate?: components["schemas"]["Rate"];
            /** @description Whether it plays as soon as it is there. */
            autoplay?: boolean;
        };
        /**
         * @description A change of a property of a layer over time; or several, from a preset, or of another timeline.
         *
         *      ```json
         *      {"targetLayerId": "host", "property": "position.x", "endValue": 400, "duration": 0.8, "easing": "ease-out-cubic"}
         *      ```
         */
        AnimationSpec: {
            /** @description Its name, for callers. */
            id?: components["schemas"]["Id"] | null;
            /**
             * @description When it begins in its timeline: seconds; `"after"` or `"with"` the one before; `"+0.2"`, that
             *      much after the one before; a label; or one of these with `+` or `-` seconds. The beginning
             *      where left out.
             */
            at?: components["schemas"]["At"];
            /** @description The layer that it changes. */
            targetLayerId?: components["schemas"]["Id"] | null;
            /** @description Several layers, one after the other by `stagger`. */
            targetLayerIds?: components["schemas"]["Id"][];
            /** @description The audio track that it changes; `property` is then `gainDb`. */
            targetTrackId?: components["schemas"]["Id"] | null;
            /** @description The bus that it changes; `property` is then `gainDb`. */
            targetBus?: components["schemas"]["BusName"] | null;
            /** @description How the layers follow one another. */
            stagger?: components["schemas"]["Stagger"] | null;
            /**
             * @description What it changes: `opacity`, `position`, `position.x`, `scale`, `rotation`, `anchor`,
             *      `transform`, `zIndex`, `visible`, `text`, `color`, or any member of the layer's document such
             *      as `content.style.fontSize` or `filters.blur.radius`.
             */
            property?: string | null;
            /**
             * @description Where it starts: a number, colour, text, point, or a step from where the property is
             *      (`"+=20"`, `"-=20"`, `"*=1.5"`). From where it is when the animation starts, where left out.
             */
            startValue?: unknown;
            /** @description Where it goes, as `startValue`; to where it is when the animation starts, where left out. */
            endValue?: unknown;
            /** @description Any number of values on the way, instead of `startValue` and `endValue`. */
            keyframes?: components["schemas"]["KeyframeSpec"][];
            /** @description A way for `position`. */
            path?: components["schemas"]["PathMotion"] | null;
            /** @description A number that counts, for `text`. */
            roll?: components["schemas"]["Roll"] | null;
            /** @description Instead of a property: motion that is ready made. */
            preset?: components["schemas"]["Preset"] | null;
            /** @description Instead of a property: another timeline, by name. */
            timeline?: components["schemas"]["Id"] | null;
            /** @description How long it takes once, in seconds. A spring, a preset and a timeline know it themselves. */
            duration?: components["schemas"]["Seconds"] | null;
            /** @description How it gets from one value to the next. */
            easing?: components["schemas"]["Easing"] | null;
            /** @description Seconds until it begins; negative: it begins in the middle. */
            delay?: components["schemas"]["Delay"];
            /** @description How many more times it runs; -1 or `"infinite"`: for ever. */
            repeat?: components["schemas"]["Repeat"];
            /** @description Whether every second time runs backwards. */
            yoyo?: boolean;
            /** @description What holds before it begins and after it has ended. */
            fillMode?: components["schemas"]["FillMode"];
            /** @description How it meets what the property is without it. */
            composition?: components["schemas"]["Composition"];
            /** @description In which space colours are mixed. */
            colorSpace?: components["schemas"]["ColorSpace"];
            /** @description Which way round `rotation` goes. */
            turn?: components["schemas"]["Turn"];
        };
        /**
         * @example 1.5
         * @example after
         * @example with
         * @example +0.2
         * @example chorus
         * @example chorus+0.5
         */
        At: number | string;
        /** @description How layers follow one another. */
        Stagger: {
            /** @description Seconds from one to the next. */
            each: components["schemas"]["Seconds"];
            /**
             * @description Which comes first.
             * @default start
             */
            from?: components["schemas"]["StaggerFrom"];
        };
        /** @description Which of several layers comes first. */
        StaggerFrom: "start" | "end" | "center" | "edges";
        /** @description A value on the way. */
        KeyframeSpec: {
            /** @description When, as a share of the duration; evenly between its neighbours where left out. */
            offset?: components["schemas"]["Unit"] | null;
            /** @description The value there; where the property is when the animation starts, where left out. */
            value?: unknown;
            /** @description How it gets from here to the next one; as the animation's `easing` where left out. */
            easing?: components["schemas"]["Easing"] | null;
            /** @description Whether the value stays until the next one. */
            hold?: boolean;
        };
        /** @description Motion along a path, at constant speed but for the easing. */
        PathMotion: {
            /** @description SVG path data, in pixels of the canvas, or of the group that the layer is in. */
            data: components["schemas"]["PathData"];
            /** @description How far along it begins, as a share of its length. */
            start?: components["schemas"]["Unit"];
            /** @description How far along it ends. */
            end?: components["schemas"]["Unit"];
            /** @description Whether the layer turns with the path. */
            orient?: boolean;
            /** @description With `orient`: degrees that are added. */
            orientOffset?: components["schemas"]["Rotation"];
            /** @description Whether the path's coordinates are counted from where the layer is. */
            relative?: boolean;
        };
        /** @description A number that counts up or down in a text. */
        Roll: {
            /**
             * @description The text, with `{}` where the number stands.
             * @default {}
             */
            format?: string;
            /** @description The first number. */
            from: components["schemas"]["Finite"];
            /** @description The last one. */
            to: components["schemas"]["Finite"];
            /** @description How the number is written. */
            style?: components["schemas"]["RollStyle"];
            /**
             * Format: uint8
             * @description Digits after the point.
             */
            decimals?: number;
            /** @description What stands between groups of three digits. */
            grouping?: string;
        };
        /** @description How a number is written. */
        RollStyle: "number" | "clock";
        /** @description Ready-made motion, with its parameters. */
        Preset: {
            /** @description Which. */
            name: components["schemas"]["PresetName"];
            /** @description Where it comes from, or goes to. */
            side?: components["schemas"]["PresetSide"];
            /** @description How far it moves the layer, as the largest part of it; 200 where left out. */
            distance?: components["schemas"]["Distance"] | null;
            /** @description How strong it is. */
            strength?: components["schemas"]["Strength"];
        };
        /** @description The presets. */
        PresetName: "fadeIn" | "slideIn" | "popIn" | "zoomIn" | "dropIn" | "bounceIn" | "spinIn" | "flipIn" | "blurIn" | "swingIn" | "typewriter" | "rise" | "fadeOut" | "slideOut" | "popOut" | "zoomOut" | "dropOut" | "spinOut" | "flipOut" | "blurOut" | "delete" | "pulse" | "heartbeat" | "shake" | "nod" | "wiggle" | "bounce" | "flash" | "jelly" | "spin" | "float" | "breathe";
        /** @description A side of the stage. */
        PresetSide: "left" | "right" | "top" | "bottom";
        Distance: number;
        Strength: number;
        Delay: number;
        Repeat: number | "infinite" | boolean;
        /** @description What holds before an animation begins and after it has ended (CSS `animation-fill-mode`). */
        FillMode: "none" | "forwards" | "backwards" | "both";
        /** @description How an animation meets what its property is without it. */
        Composition: "replace" | "add" | "accumulate";
        /** @description Where colours are mixed. */
        ColorSpace: "oklab" | "srgb";
        /** @description Which way round a rotation goes. */
        Turn: "full" | "shortest";
        Rate: number;
        /** @description A named arrangement of layers. */
        Scene: {
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description The layers that are seen in it. Those that are in other scenes alone are not. */
            layers: components["schemas"]["Placement"][];
        };
        /** @description How a layer is placed in a scene; as it is where left out. */
        Placement: {
            /** @description Which layer. */
            id: components["schemas"]["Id"];
            /** @description Where it is. */
            transform?: components["schemas"]["Transform"] | null;
            /** @description How much of it is seen. */
            opacity?: components["schemas"]["Opacity"] | null;
            /**
             * Format: int32
             * @description Its place from bottom to top.
             */
            zIndex?: number | null;
        };
        /** @description A rule. */
        Trigger: {
            /** @description Its name; made where left out. */
            id?: components["schemas"]["Id"] | null;
            /** @description What sets it off. */
            on: components["schemas"]["Occasion"];
            /** @description What must hold as well. */
            if?: components["schemas"]["Condition"] | null;
            /** @description What is done then: all of it or nothing, on one frame. */
            run: components["schemas"]["Command"][];
            /** @description Seconds in which it is not set off again. */
            cooldown?: components["schemas"]["Seconds"];
            /**
             * Format: uint32
             * @description How often it runs in all; without end where left out.
             */
            limit?: number | null;
            /** @description Whether it is heeded. */
            enabled?: boolean;
        };
        /** @description Something that happens. */
        Occasion: {
            /** @description What. */
            event: components["schemas"]["OccasionKind"];
            /**
             * @description To which layer, timeline, track or scene; the name of the command `trigger`; the key of data. Any
             *      where left out.
             */
            id?: components["schemas"]["Id"] | null;
            /** @description With `timelineMarker`: which label. */
            label?: components["schemas"]["Id"] | null;
        };
        /** @description What can set a trigger off. */
        OccasionKind: "layerCreated" | "layerUpdated" | "layerDeleted" | "timelineStarted" | "timelineIteration" | "timelineMarker" | "timelineFinished" | "timelineCancelled" | "trackEnded" | "trackAdvanced" | "speechStarted" | "speechEnded" | "sceneSwitched" | "transitionFinished" | "dataChanged" | "trigger" | "streamStarted" | "streamStopped";
        /** @description What must hold. In JSON an object of one member: `{"data": {"key": "price", "above": 100}}`. */
        Condition: {
            all: components["schemas"]["Condition"][];
        } | {
            any: components["schemas"]["Condition"][];
        } | {
            not: components["schemas"]["Condition"];
        } | {
            data: {
                /** @description Its key. */
                key: string;
                /** @description The same as this. */
                equals?: unknown;
                /**
                 * Format: double
                 * @description A number above this.
                 */
                above?: number | null;
                /**
                 * Format: double
                 * @description A number below this.
                 */
                below?: number | null;
            };
        } | {
            layer: {
                /** @description Which. */
                id: components["schemas"]["Id"];
                /** @description Whether it is drawn. */
                visible: boolean;
            };
        } | {
            timeline: {
                /** @description Which. */
                id: components["schemas"]["Id"];
                /** @description What it does. */
                state: components["schemas"]["PlayState"];
            };
        } | {
            scene: {
                /** @description Which. */
                id: components["schemas"]["Id"];
            };
        };
        /** @description What a timeline is doing. */
        PlayState: "idle" | "queued" | "playing" | "paused" | "finished";
        /**
         * @description A change to the show. In JSON an object of one member:
         *      `{"updateLayer": {"id": "host", "patch": {"opacity": 0.5}}}`.
         */
        Command: {
            createLayer: {
                /** @description The new layer. */
                layer: components["schemas"]["LayerSpec2"];
            };
        } | {
            updateLayer: {
                /** @description Which layer. */
                id: components["schemas"]["Id"];
                /** @description Members to replace; `null` resets one to its default. */
                patch: {
                    [key: string]: unknown;
                };
            };
        } | {
            setVisibility: {
                /** @description Which layer. */
                id: components["schemas"]["Id"];
                /** @description Whether it is drawn. */
                visible: boolean;
            };
        } | {
            reorderLayers: {
                /** @description Every layer once, bottom first. */
                order: components["schemas"]["Id"][];
            };
        } | {
            transformLayer: {
                /** @description Which layer. */
                id: components["schemas"]["Id"];
                /** @description How much. */
                by: components["schemas"]["TransformBy"];
            };
        } | {
            alignLayer: {
                /** @description Which layer. */
                id: components["schemas"]["Id"];
                /** @description Where. */
                to: components["schemas"]["Alignment"];
                /** @description How large the layers are that it is about. The service measures them itself, whatever a caller says. */
                boxes?: components["schemas"]["Measured"][];
            };
        } | {
            changeContent: {
                /** @description Which layer. */
                id: components["schemas"]["Id"];
                /** @description Members of its content to replace. */
                content: {
                    [key: string]: unknown;
                };
                /** @description The way there: a cut where left out, or a fade. */
                transition?: components["schemas"]["Transition"];
            };
        } | {
            moveLayer: {
                /** @description Which layer. */
                id: components["schemas"]["Id"];
                /** @description Where. */
                to: components["schemas"]["Rank"];
            };
        } | {
            duplicateLayer: {
                /** @description Which layer. */
                id: components["schemas"]["Id"];
                /** @description The name of the copy; made from the layer's where left out. */
                newId?: components["schemas"]["Id"] | null;
            };
        } | {
            groupLayers: {
                /** @description Which layers. */
                layers: components["schemas"]["Id"][];
                /** @description The group's name. */
                id?: components["schemas"]["Id"] | null;
            };
        } | {
            ungroupLayer: {
                /** @description Which group. */
                id: components["schemas"]["Id"];
            };
        } | {
            deleteLayer: {
                /** @description Which layer. */
                id: components["schemas"]["Id"];
            };
        } | {
            createTrack: {
                /** @description The new track. */
                track: components["schemas"]["TrackSpec"];
            };
        } | {
            updateTrack: {
                /** @description Which track. */
                id: components["schemas"]["Id"];
                /** @description Members to replace. */
                patch: {
                    [key: string]: unknown;
                };
            };
        } | {
            deleteTrack: {
                /** @description Which track. */
                id: components["schemas"]["Id"];
            };
        } | {
            skipTrack: {
                /** @description Which track. */
                id: components["schemas"]["Id"];
                /**
                 * Format: int32
                 * @description How many files further; negative: back; 0: the same again.
                 * @default 1
                 */
                by?: number;
            };
        } | {
            updateMix: {
                /** @description Members to replace; `null` puts one back to what it was at first. */
                patch: {
                    [key: string]: unknown;
                };
            };
        } | {
            updateSlate: {
                /** @description Members to replace; `null` puts one back to what it was at first. */
                patch: {
                    [key: string]: unknown;
                };
            };
        } | {
            panic: Record<string, never>;
        } | {
            speak: {
                /** @description What, and who. */
                speech: components["schemas"]["SpeechSpec"];
            };
        } | {
            stopSpeech: {
                /** @description Which utterance. */
                id?: components["schemas"]["Id"] | null;
                /** @description Whose. */
                layerId?: components["schemas"]["Id"] | null;
            };
        } | {
            finishSpeech: {
                /** @description Which utterance. */
                id: components["schemas"]["Id"];
                /** @description How long it was, in seconds; none where it could not be heard. */
                length?: components["schemas"]["Seconds"] | null;
            };
        } | {
            animate: {
                /** @description The animations. */
                timeline: components["schemas"]["TimelineSpec"];
                /** @description When it begins. */
                start?: components["schemas"]["StartAt"];
                /** @description The queue that it joins. */
                queue?: components["schemas"]["Queue"] | null;
            };
        } | {
            createTimeline: {
                /** @description The new timeline. */
                timeline: components["schemas"]["TimelineSpec"];
            };
        } | {
            replaceTimeline: {
                /** @description The new timeline. */
                timeline: components["schemas"]["TimelineSpec"];
            };
        } | {
            deleteTimeline: {
                /** @description Which timeline. */
                id: components["schemas"]["Id"];
            };
        } | {
            playTimeline: {
                /** @description Which timeline. */
                id: components["schemas"]["Id"];
                /** @description When it begins. */
                start?: components["schemas"]["StartAt"];
                /**
                 * @description Where in it: seconds, or a label; its beginning where left out, or its end where it plays
                 *      backwards.
                 */
                from?: components["schemas"]["At"] | null;
                /** @description How fast: negative is backwards. As the timeline says where left out. */
                rate?: components["schemas"]["Rate"] | null;
                /** @description The queue that it joins. */
                queue?: components["schemas"]["Queue"] | null;
            };
        } | {
            pauseTimeline: {
                /** @description Which timeline. */
                id: components["schemas"]["Id"];
            };
        } | {
            resumeTimeline: {
                /** @description Which timeline. */
                id: components["schemas"]["Id"];
            };
        } | {
            seekTimeline: {
                /** @description Which timeline. */
                id: components["schemas"]["Id"];
                /** @description Where: seconds from its beginning over all its rounds, or a label. */
                to: components["schemas"]["At"];
            };
        } | {
            reverseTimeline: {
                /** @description Which timeline. */
                id: components["schemas"]["Id"];
            };
        } | {
            setTimelineRate: {
                /** @description Which timeline. */
                id: components["schemas"]["Id"];
                /** @description How fast: negative is backwards; not 0. */
                rate: components["schemas"]["Rate"];
            };
        } | {
            stopTimeline: {
                /** @description Which timeline. */
                id: components["schemas"]["Id"];
                /** @description What becomes of what it moves. */
                ending?: components["schemas"]["Ending"];
            };
        } | {
            setScene: {
                /** @description The scene. */
                scene: components["schemas"]["Scene"];
            };
        } | {
            deleteScene: {
                /** @description Which scene. */
                id: components["schemas"]["Id"];
            };
        } | {
            switchScene: {
                /** @description Which scene. */
                id: components["schemas"]["Id"];
                /** @description The way there; a cut where left out. */
                transition?: components["schemas"]["Transition"];
            };
        } | {
            setTrigger: {
                /** @description The trigger. */
                trigger: components["schemas"]["Trigger"];
            };
        } | {
            deleteTrigger: {
                /** @description Which trigger. */
                id: components["schemas"]["Id"];
            };
        } | {
            trigger: {
                /** @description The name. */
                name: components["schemas"]["Id"];
            };
        } | {
            setTemplate: {
                /** @description The template. */
                template: components["schemas"]["Template"];
            };
        } | {
            deleteTemplate: {
                /** @description Which template. */
                id: components["schemas"]["Id"];
            };
        } | {
            useTemplate: {
                /** @description Which template. */
                id: components["schemas"]["Id"];
                /** @description The name of the new scene. */
                scene: components["schemas"]["Id"];
                /** @description Its parameters; what is left out is as the template says. */
                values?: {
                    [key: string]: unknown;
                };
            };
        } | {
            setData: {
                /** @description Members to replace; `null` removes one. */
                patch: {
                    [key: string]: unknown;
                };
            };
        } | {
            undo: {
                /** @description The last edit by this client; anybody's where left out. */
                by?: components["schemas"]["Id"] | null;
            };
        } | {
            redo: {
                /** @description What this client did; anybody's where left out. */
                by?: components["schemas"]["Id"] | null;
            };
        } | {
            batch: {
                /** @description In this order. */
                commands: components["schemas"]["Command"][];
            };
        } | {
            settle: Record<string, never>;
        } | {
            createDestination: {
                /** @description The new destination. */
                destination: components["schemas"]["DestinationSpec"];
            };
        } | {
            deleteDestination: {
                /** @description Which destination. */
                id: components["schemas"]["Id"];
            };
        } | {
            setBitrate: {
                /** @description In kb/s; as the service is configured where left out. */
                videoKbps?: components["schemas"]["VideoKbps"] | null;
            };
        } | {
            startStream: Record<string, never>;
        } | {
            stopStream: Record<string, never>;
        } | {
            loadShow: {
                /** @description The new show. */
                show: components["schemas"]["ShowFile"];
            };
        } | {
            updateShow: {
                /** @description Members to replace. */
                patch: {
                    [key: string]: unknown;
                };
            };
        } | {
            saveShow: {
                /** @description Its name among the saved shows. */
                id: components["schemas"]["Id"];
                /** @description What it is; the show on air where left out. */
                show?: components["schemas"]["ShowFile"] | null;
            };
        } | {
            duplicateShow: {
                /** @description Which show. */
                id: components["schemas"]["Id"];
                /** @description The name of the copy; made from the show's where left out. */
                newId?: components["schemas"]["Id"] | null;
            };
        } | {
            deleteShow: {
                /** @description Which show. */
                id: components["schemas"]["Id"];
            };
        } | {
            openShow: {
                /** @description Which show. */
                id: components["schemas"]["Id"];
            };
        };
        /** @description How large a layer is in its own pixels, before its transform. */
        Measured: {
            /** @description Which layer. */
            id: components["schemas"]["Id"];
            /** @description How wide. */
            width: components["schemas"]["Length"];
            /** @description How high. */
            height: components["schemas"]["Length"];
        };
        /** @description Something that a character is to say. */
        SpeechSpec: {
            /** @description Its name; made where left out. */
            id?: components["schemas"]["Id"] | null;
            /** @description The character that says it: a layer of type `host` or `assistant`. */
            layerId: components["schemas"]["Id"];
            /**
             * @description The sound: a path below the asset folder, an upload, or an `http(s)` URL. Without it the sound is
             *      still being made, and is pushed by WebSocket.
             */
            url?: string | null;
            /** @description How long the file is, in seconds. The service finds it out. */
            length?: components["schemas"]["Seconds"] | null;
            /** @description What is said, for captions. */
            text?: string | null;
            /** @description When which word is said, in order. */
            words?: components["schemas"]["Word"][];
            /** @description In which mood. */
            emotion?: components["schemas"]["Emotion"] | null;
            /**
             * Format: int8
             * @description The higher, the sooner its turn comes.
             */
            priority?: number;
            /** @description Whether it waits for its turn. */
            queue?: components["schemas"]["SpeechQueue"];
            /** @description Where its turn has not come after so many seconds, it is not said at all. */
            expiresIn?: components["schemas"]["Seconds"] | null;
            /** @description Loudness relative to the file. */
            gainDb?: components["schemas"]["GainDb"];
        };
        /** @description A word at its time. */
        Word: {
            /** @description The word. */
            text: string;
            /** @description When it begins, in seconds from the utterance's beginning. */
            start: components["schemas"]["Seconds"];
            /** @description When it ends. */
            end?: components["schemas"]["Seconds"] | null;
        };
        /** @description A mood, and how much of it. */
        Emotion: {
            /** @description Which. */
            name: components["schemas"]["Mood"];
            /**
             * @description How much: 0 to 1.
             * @default 1
             */
            intensity?: components["schemas"]["Unit"];
        };
        /**
         * @description The moods.
         * @enum {string}
         */
        Mood: "neutral" | "excited" | "happy" | "surprised" | "curious" | "concerned" | "disappointed";
        /** @description How an utterance comes to its turn. */
        SpeechQueue: "append" | "interrupt" | "replace";
        /** @description When something begins; at once where nothing is said. */
        StartAt: {
            /** @description In so many seconds. */
            in?: components["schemas"]["Seconds"] | null;
            /** @description At a time of the show, in seconds. */
            showTime?: components["schemas"]["ShowTime"] | null;
            /** @description At a time of day: RFC 3339, such as `2026-12-31T23:59:50Z`. */
            wallClock?: string | null;
            /** @description On the next beat. */
            beat?: components["schemas"]["Beat"] | null;
            /** @description When a track comes to a place. */
            cue?: components["schemas"]["Cue"] | null;
        };
        /** @description A tempo. */
        Beat: {
            /** @description Beats a minute. */
            bpm: components["schemas"]["Tempo"];
            /** @description The track whose beginning is on a beat; the beginning of the show where left out. */
            track?: components["schemas"]["Id"] | null;
            /**
             * @description Seconds from there to the first beat.
             * @default 0
             */
            offset?: components["schemas"]["Delay"];
            /**
             * Format: uint8
             * @description Every so many beats.
             * @default 1
             */
            every?: number;
        };
        Tempo: number;
        /** @description A place in an audio track. */
        Cue: {
            /** @description Which track. */
            track: components["schemas"]["Id"];
            /** @description Seconds from its beginning. */
            at?: components["schemas"]["Seconds"] | null;
            /** @description The name of one of its `cues`, instead. */
            name?: components["schemas"]["Id"] | null;
        };
        /** @description Timelines that follow one another. */
        Queue: {
            /** @description The layer whose queue it is. */
            layer: components["schemas"]["Id"];
            /**
             * @description What becomes of those that are there.
             * @default append
             */
            mode?: components["schemas"]["QueueMode"];
            /**
             * @description With `interrupt`: what becomes of the one that is playing.
             * @default stay
             */
            interrupted?: components["schemas"]["Ending"];
        };
        /** @description How a timeline joins a queue. */
        QueueMode: "append" | "replace" | "interrupt";
        /** @description How a timeline ends before its time. */
        Ending: "stay" | "finish" | "revert";
        /** @description A pattern for scenes. */
        Template: {
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description What a use may say, with what it is where it does not. */
            parameters?: {
                [key: string]: unknown;
            };
            /**
             * @description Layers as `createLayer` takes them, each with an `id`. `{{name}}` in a text stands for that parameter; a text
             *      that is nothing else becomes the parameter itself, be it a number or an object.
             */
            layers: {
                [key: string]: unknown;
            }[];
        };
        /** @description A destination as callers write it. */
        DestinationSpec: {
            /** @description Its name; made where left out. */
            id?: components["schemas"]["Id"] | null;
            /**
             * @description `rtmp://host[:port]/app`, `rtmps://…`; `srt://host:port`; `hls:NAME` for `/hls/NAME/index.m3u8`; or
             *      `file:NAME.mp4`, `file:NAME.mkv` or `file:NAME.webm` for a recording. May be left out with a service that has
             *      one ingest for everybody.
             * @default
             */
            url?: string;
            /** @description The service that it is of: its limits are then kept. Known by the URL's host where left out. */
            service?: components["schemas"]["Service"] | null;
            /**
             * @description What the video is written in: `vp9`, where left out, or `vp8` in a `.webm` file, and `h264` everywhere else.
             *      Another codec is another encoder, which is refused where the machine has no room for it.
             */
            codec?: components["schemas"]["VideoCodec"] | null;
            /** @description The stream key; of RTMP where left out, the last part of the URL's path; of SRT the `streamid`. */
            streamKey?: string | null;
            /**
             * Format: uint32
             * @description For recordings: begin a new file after this many seconds (at the next keyframe).
             */
            segmentSeconds?: number | null;
            /**
             * Format: uint32
             * @description For recordings in segments: how many files to keep.
             */
            keepSegments?: number | null;
            /**
             * @description Whether the bit rate of the video goes down where this destination takes no more. One that is not
             *      required loses pictures instead.
             * @default true
             */
            required?: boolean;
        };
        /** @description A service that is known. */
        Service: "x" | "twitch" | "youtube";
        /** @description What the video of a destination is written in. */
        VideoCodec: "h264" | "vp8" | "vp9";
        VideoKbps: number;
        /** @description What the show is beside its lists. */
        Look: {
            /**
             * @description Its name.
             * @default
             */
            name?: string;
            /**
             * @description The space in which it is laid out.
             * @default {
             *       "width": 1920,
             *       "height": 1080
             *     }
             */
            canvas?: components["schemas"]["Canvas"];
            /** @description What shows where no layer is; black where left out. */
            background?: components["schemas"]["Color"] | null;
        };
        /** @description A saved show in a list. */
        SavedView: {
            /** @description Its name among the saved shows. */
            id: components["schemas"]["Id"];
            /** @description The name that it has itself. */
            name: string;
            /**
             * Format: uint
             * @description How many layers it has.
             */
            layers: number;
            /**
             * Format: uint
             * @description How large it is, in bytes of JSON.
             */
            bytes: number;
        };
        /** @description The show on air, to be kept. */
        Keep: {
            /** @description Its name among the saved shows. One of that name gives way to it. */
            id: components["schemas"]["Id"];
        };
        /** @description A copy. */
        Copy2: {
            /**
             * @description Its name; made from the show's where left out.
             * @default null
             */
            newId?: components["schemas"]["Id"] | null;
        };
        /** @description A template, without the name that its URL has. */
        Pattern: {
            /**
             * @description Not another one than in the URL.
             * @default null
             */
            id?: components["schemas"]["Id"] | null;
            /**
             * @description What a use may say, with what it is where it does not.
             * @default {}
             */
            parameters?: {
                [key: string]: unknown;
            };
            /** @description Layers as `POST /layers` takes them, each with an `id`. `{{name}}` in a text stands for that parameter. */
            layers: {
                [key: string]: unknown;
            }[];
        };
        /** @description A scene that is to be made of a template. */
        Use: {
            /** @description The name of the new scene. Its layers are named `SCENE.LAYER`. */
            scene: components["schemas"]["Id"];
            /**
             * @description Parameters; what is left out is as the template says.
             * @default {}
             */
            values?: {
                [key: string]: unknown;
            };
        };
        /** @description A track of the show. */
        Track: {
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description Where the sound comes from; empty with a playlist. */
            url?: string;
            /** @description Files that follow one another. */
            playlist?: components["schemas"]["Playlist"] | null;
            /**
             * @description The bus that it goes to.
             * @default music
             */
            bus?: components["schemas"]["BusName"];
            /** @description Loudness relative to the file. */
            gainDb: components["schemas"]["GainDb"];
            /**
             * @description Nothing of it is heard.
             * @default false
             */
            muted?: boolean;
            /**
             * @description Only tracks with this are heard, if there are any.
             * @default false
             */
            solo?: boolean;
            /**
             * @description Left (-1) to right (1).
             * @default 0
             */
            pan?: components["schemas"]["Pan"];
            /** @description Begins again at its end. */
            loop: boolean;
            /** @description The URL is a stream without end. */
            live?: boolean;
            /** @description When it begins. */
            start: components["schemas"]["ShowTime"];
            /** @description How far into the file or playlist it begins, in seconds. */
            offset?: components["schemas"]["Offset"];
            /** @description Names of places in it, in seconds from its beginning. */
            cues?: {
                [key: string]: components["schemas"]["Seconds"];
            };
            /** @description How long the file is, in seconds, where that is known. */
            length?: components["schemas"]["Seconds"] | null;
        };
        /** @description A destination and how it is. */
        DestinationReport: {
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description The ingest or the file. */
            url: string;
            /** @description The service that it is of. */
            service?: components["schemas"]["Service"] | null;
            /** @description What the video is written in. */
            codec: components["schemas"]["VideoCodec"];
            /** @description Whether a key is set. */
            hasStreamKey: boolean;
            /**
             * Format: uint32
             * @description Seconds of a recording's segment.
             */
            segmentSeconds?: number | null;
            /**
             * Format: uint32
             * @description Segments kept.
             */
            keepSegments?: number | null;
            /** @description Whether the bit rate goes by it. */
            required: boolean;
            /** @description How it is. */
            status: components["schemas"]["DestinationStatus"];
        };
        /** @description Where a destination stands, with figures. */
        DestinationStatus: {
            /** @description Where it stands. */
            state: components["schemas"]["DestinationState"];
            /**
             * Format: uint64
             * @description Since when, in milliseconds since 1970.
             */
            sinceUnixMs: number;
            /** @description Why it is not live, in the server's or the system's words. */
            reason?: string | null;
            /**
             * Format: uint64
             * @description Bytes of media sent since the service began.
             */
            sentBytes: number;
            /**
             * Format: uint64
             * @description Frames of video sent.
             */
            sentFrames: number;
            /**
             * Format: uint64
             * @description Frames that were dropped because the destination could not take them.
             */
            droppedFrames: number;
            /**
             * Format: uint64
             * @description How many times some were: each up to a keyframe.
             */
            droppedGroups: number;
            /**
             * Format: uint32
             * @description What is being acknowledged, in kb/s.
             */
            acknowledgedKbps: number;
            /**
             * Format: uint64
             * @description How long what is sent now has waited, in milliseconds.
             */
            delayMs: number;
            /**
             * Format: double
             * @description How long it takes to the server's system and back, in milliseconds, where that is known.
             */
            roundTripMs?: number | null;
            /**
             * Format: uint64
             * @description How long nothing has been acknowledged, in milliseconds.
             */
            silentMs: number;
            /**
             * Format: uint64
             * @description Bytes that wait in the queue.
             */
            queuedBytes: number;
            /**
             * Format: uint64
             * @description Bytes that the server's system has not acknowledged.
             */
            unacknowledgedBytes: number;
            /** @description Whether a spare connection stands ready for when this one is lost. */
            spareReady: boolean;
            /**
             * Format: uint64
             * @description How often the connection was lost.
             */
            reconnects: number;
        };
        /** @description Where a destination stands. */
        DestinationState: "idle" | "connecting" | "live" | "degraded" | "stalled" | "reconnecting" | "refused";
        /** @description Something that happened. */
        Notice: {
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            unixMs: number;
        } & ({
            /** @constant */
            type: "destinationChanged";
            /** @description Which. */
            id: string;
            /** @description Where. */
            state: components["schemas"]["DestinationState"];
            /** @description Why, where it is not live. */
            reason?: string | null;
            /**
             * Format: uint64
             * @description How often its connection was lost so far.
             */
            reconnects: number;
        } | {
            /** @constant */
            type: "encoderReplaced";
            /**
             * Format: uint64
             * @description How many so far.
             */
            times: number;
        } | {
            /** @constant */
            type: "qualityChanged";
            /** @description How it is made now. */
            step: string;
            /**
             * Format: uint
             * @description Steps below what is configured.
             */
            below: number;
            /** @description Why. */
            reason: string;
        } | {
            /** @constant */
            type: "framesLost";
            /**
             * Format: uint64
             * @description How many.
             */
            frames: number;
        } | {
            /** @constant */
            type: "slateOn";
        } | {
            /** @constant */
            type: "slateOff";
        } | {
            /** @constant */
            type: "serviceRestarted";
            /**
             * Format: uint64
             * @description How often so far.
             */
            times: number;
            /** @description How the one before ended: a signal, or an exit code. */
            reason: string;
        } | {
            /** @constant */
            type: "storeWasCorrupt";
        } | {
            /** @constant */
            type: "taskFailed";
            /** @description Which. */
            task: string;
            /** @description What it said. */
            reason: string;
        } | {
            /** @constant */
            type: "showFileRefused";
            /** @description What is wrong with it, and where. */
            reason: string;
        } | {
            /** @constant */
            type: "storeChanged";
            /** @description Whether it takes commands. */
            state: components["schemas"]["StoreState"];
            /** @description Why, where it is not well. */
            reason?: string | null;
        } | {
            /** @constant */
            type: "memoryOverLimit";
            /**
             * Format: uint64
             * @description What was used, in MiB.
             */
            usedMib: number;
            /**
             * Format: uint64
             * @description The limit, in MiB.
             */
            limitMib: number;
        });
        /** @description How the store is. */
        StoreState: "ok" | "journal" | "away";
        /** @description How the stream is. */
        StreamStatus: {
            /** @description Whether the program is to be published. */
            streaming: boolean;
            /** @description The program. */
            program: components["schemas"]["ProgramStatus"];
            /** @description The encoder. */
            encoder: components["schemas"]["EncoderStatus"];
            /** @description The destinations. */
            destinations: components["schemas"]["DestinationReport"][];
        };
        /** @description How the loop is. */
        ProgramStatus: {
            /**
             * Format: double
             * @description Seconds of show time.
             */
            time: number;
            /**
             * Format: uint32
             * @description Frames per second that are due.
             */
            fps: number;
            /**
             * Format: uint64
             * @description Frames that have been due since the service began.
             */
            framesDue: number;
            /**
             * Format: uint64
             * @description Frames that were sent to the encoder.
             */
            framesSent: number;
            /**
             * Format: uint64
             * @description Frames among them that repeat the picture before, because the loop was late.
             */
            framesRepeated: number;
            /**
             * Format: uint64
             * @description Frames that no encoder took.
             */
            framesSkipped: number;
            /**
             * Format: double
             * @description How late the latest frame was, in milliseconds.
             */
            lagMs: number;
        };
        /** @description How the encoder is. */
        EncoderStatus: {
            /** @description Whether one is at work. */
            alive: boolean;
            /**
             * Format: uint32
             * @description Its process.
             */
            pid: number;
            /**
             * Format: uint64
             * @description How often it was replaced.
             */
            replaced: number;
            /**
             * Format: uint64
             * @description Frames that it has encoded.
             */
            framesEncoded: number;
            /**
             * Format: uint32
             * @description The bit rate of the video that it is told to keep to now, in kb/s.
             */
            videoKbps: number;
            /**
             * Format: uint32
             * @description The bit rate that it is not to go above, in kb/s.
             */
            videoKbpsCeiling: number;
            /**
             * Format: uint64
             * @description Bytes of video that it has made.
             */
            videoBytes: number;
            /**
             * Format: double
             * @description Milliseconds from a frame's due time to its packet: the median.
             */
            latencyP50Ms: number;
            /**
             * Format: double
             * @description The same for nineteen of twenty.
             */
            latencyP95Ms: number;
        };
        /** @description How the program is encoded. */
        StreamPatch: {
            /** @description The bit rate of the video, in kb/s, that it is not to go above; `null`: as the service is configured. */
            videoKbps?: components["schemas"]["VideoKbps"] | null;
        };
        /** @description Font families by name. */
        FontFamilies: {
            /** @description As `fontFamily` takes them. */
            families: string[];
        };
        /** @description Animations to be played once. */
        Animate: {
            /** @description The animations. */
            timeline: components["schemas"]["TimelineSpec"];
            /**
             * @description When they begin; at once where left out.
             * @default {}
             */
            start?: components["schemas"]["StartAt"];
            /**
             * @description The queue that they join.
             * @default null
             */
            queue?: components["schemas"]["Queue"] | null;
        };
        /** @description A timeline and where it stands. */
        TimelineView: {
            /** @description Its name; made where left out. */
            id?: components["schemas"]["Id"] | null;
            /**
             * @description What happens in it.
             * @default []
             */
            animations?: components["schemas"]["AnimationSpec"][];
            /** @description How long it takes once, in seconds; until its last animation has ended where left out. */
            duration?: components["schemas"]["Seconds"] | null;
            /** @description Whether it begins again at its end: `true` for ever, a number for that many more times. */
            loop?: components["schemas"]["Repeat"];
            /** @description Whether every second time runs backwards. */
            yoyo?: boolean;
            /** @description Names of places in it, in seconds. An event tells when one is passed. */
            labels?: {
                [key: string]: components["schemas"]["Seconds"];
            };
            /** @description How fast it plays; not 0. */
            playbackRate?: components["schemas"]["Rate"];
            /** @description Whether it plays as soon as it is there. */
            autoplay?: boolean;
            /** @description What it is doing. */
            state: components["schemas"]["PlayState"];
            /**
             * Format: double
             * @description Where it stands in its present round, in seconds.
             */
            currentTime: number;
            /**
             * Format: uint64
             * @description How many rounds it has gone whole.
             */
            iteration: number;
            /** @description Whether it stands. */
            paused: boolean;
            /**
             * Format: double
             * @description How fast it goes: negative is backwards.
             */
            rate: number;
            /**
             * Format: double
             * @description Seconds that a round takes; left out where it never ends.
             */
            length?: number | null;
            /**
             * Format: double
             * @description When it will begin, in seconds of show time.
             */
            startsAt?: number | null;
        };
        /** @description How a timeline is to be played. */
        Play: {
            /**
             * @description When it begins; at once where left out.
             * @default {}
             */
            start?: components["schemas"]["StartAt"];
            /**
             * @description Where in it: seconds, or a label.
             * @default null
             */
            from?: components["schemas"]["At"] | null;
            /**
             * @description How fast: negative is backwards.
             * @default null
             */
            rate?: components["schemas"]["Rate"] | null;
            /**
             * @description The queue that it joins.
             * @default null
             */
            queue?: components["schemas"]["Queue"] | null;
        };
        /** @description A place in a timeline. */
        Seek: {
            /** @description Seconds from its beginning over all its rounds, or a label. */
            to: components["schemas"]["At"];
        };
        /** @description How fast a timeline goes. */
        SetRate: {
            /** @description 1 as it is meant, negative backwards; not 0. */
            rate: components["schemas"]["Rate"];
        };
        /** @description How a timeline ends before its time. */
        Stop: {
            /**
             * @description What becomes of what it moves.
             * @default stay
             */
            ending?: components["schemas"]["Ending"];
        };
        /** @description The scenes of the show. */
        Scenes: {
            /** @description The one that is on air, or on its way there. */
            onAir?: components["schemas"]["Id"] | null;
            /** @description All of them. */
            scenes: components["schemas"]["Scene"][];
        };
        /** @description A scene as it stands in the body: its name is in the path. */
        SceneBody: {
            /**
             * @description As in the path, where it is given.
             * @default null
             */
            id?: components["schemas"]["Id"] | null;
            /** @description The layers that are seen in it. */
            layers: components["schemas"]["Placement"][];
        };
        /** @description The way to a scene. */
        Switch: {
            /**
             * @description A cut where left out.
             * @default {
             *       "type": "cut"
             *     }
             */
            transition?: components["schemas"]["Transition"];
        };
        /** @description The name that triggers wait for. */
        Fire: {
            /** @description Which. */
            name: components["schemas"]["Id"];
        };
        /** @description What came of a command. */
        Outcome: {
            /**
             * Format: uint64
             * @description The number of the command.
             */
            sequence: number;
            /** @description What happened. */
            events: components["schemas"]["Event"][];
        };
        /** @description A change that has happened. Carries nothing secret. */
        Event: {
            /** @constant */
            type: "layerCreated";
            /** @description The layer. */
            layer: components["schemas"]["LayerSpec"];
        } | {
            /** @constant */
            type: "layerUpdated";
            /** @description The layer as it is now. */
            layer: components["schemas"]["LayerSpec"];
        } | {
            /** @constant */
            type: "layerDeleted";
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description Of a group: the layers that were in it, which are gone as well. */
            inner?: components["schemas"]["Id"][];
        } | {
            /** @constant */
            type: "contentShown";
            /** @description Which layer. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "layersReordered";
            /** @description Bottom first. */
            order: components["schemas"]["Id"][];
            /** @description The `zIndex` of each; 0, 1, 2 … where left out. */
            zIndexes?: number[];
        } | {
            /** @constant */
            type: "trackCreated";
            /** @description The track. */
            track: components["schemas"]["Track"];
        } | {
            /** @constant */
            type: "trackUpdated";
            /** @description The track as it is now. */
            track: components["schemas"]["Track"];
        } | {
            /** @constant */
            type: "trackDeleted";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "trackEnded";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @description What it is called. */
            title?: string | null;
            /** @constant */
            type: "trackAdvanced";
            /** @description The track. */
            id: components["schemas"]["Id"];
            /**
             * Format: uint
             * @description Which of its items, counted from 0.
             */
            index: number;
            /** @description Where it is. */
            url: string;
        } | {
            /** @constant */
            type: "mixUpdated";
            /** @description The desk as it is now. */
            mix: components["schemas"]["Mix"];
        } | {
            /** @constant */
            type: "slateUpdated";
            /** @description The slate as it is now. */
            slate: components["schemas"]["Slate"];
        } | {
            /** @constant */
            type: "speechQueued";
            /** @description What. */
            utterance: components["schemas"]["Utterance"];
        } | {
            /** @constant */
            type: "speechStarted";
            /** @description What. */
            utterance: components["schemas"]["Utterance"];
        } | {
            /** @constant */
            type: "speechEnded";
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description The character. */
            layerId: components["schemas"]["Id"];
            /** @description Why. */
            end: components["schemas"]["SpeechEnd"];
        } | {
            /** @constant */
            type: "timelineCreated";
            /** @description The timeline. */
            timeline: components["schemas"]["TimelineView"];
        } | {
            /** @constant */
            type: "timelineUpdated";
            /** @description The timeline as it is now. */
            timeline: components["schemas"]["TimelineView"];
        } | {
            /** @constant */
            type: "timelineDeleted";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "timelineStarted";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "timelineIteration";
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /**
             * Format: uint64
             * @description How many rounds are behind it.
             */
            iteration: number;
        } | {
            /** @constant */
            type: "timelineMarker";
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description The label. */
            label: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "timelineFinished";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "timelineCancelled";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "sceneChanged";
            /** @description The scene. */
            scene: components["schemas"]["Scene"];
        } | {
            /** @constant */
            type: "sceneDeleted";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "sceneSwitched";
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description The one before. */
            from?: components["schemas"]["Id"] | null;
        } | {
            /** @constant */
            type: "transitionFinished";
            /** @description The scene that is on air. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "triggerChanged";
            /** @description The trigger. */
            trigger: components["schemas"]["Trigger"];
        } | {
            /** @constant */
            type: "triggerDeleted";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "triggered";
            /** @description The name it was given with. */
            name: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "triggerFired";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "triggerFailed";
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description Why. */
            reason: string;
        } | {
            /** @constant */
            type: "dataChanged";
            /** @description The members that were given. */
            patch: {
                [key: string]: unknown;
            };
        } | {
            /** @constant */
            type: "destinationCreated";
            /** @description The destination, without its key. */
            destination: components["schemas"]["DestinationView"];
        } | {
            /** @constant */
            type: "destinationDeleted";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "bitrateSet";
            /** @description In kb/s; as configured where left out. */
            videoKbps?: components["schemas"]["VideoKbps"] | null;
        } | {
            /** @constant */
            type: "streamStarted";
        } | {
            /** @constant */
            type: "streamStopped";
        } | {
            /** @constant */
            type: "showLoaded";
        } | {
            /** @constant */
            type: "showUpdated";
            /** @description As it is now. */
            look: components["schemas"]["Look"];
        } | {
            /** @constant */
            type: "showSaved";
            /** @description What it is called, and how large it is. */
            show: components["schemas"]["SavedView"];
        } | {
            /** @constant */
            type: "showDeleted";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "templateChanged";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        } | {
            /** @constant */
            type: "templateDeleted";
            /** @description Its name. */
            id: components["schemas"]["Id"];
        };
        /** @description An utterance of the show. */
        Utterance: {
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description The character that says it. */
            layerId: components["schemas"]["Id"];
            /** @description The file; none where the sound is still being made. */
            url?: string | null;
            /** @description How long it is, in seconds, where that is known. */
            length?: components["schemas"]["Seconds"] | null;
            /** @description What is said. */
            text?: string | null;
            /** @description When which word is said. */
            words?: components["schemas"]["Word"][];
            /** @description In which mood. */
            emotion?: components["schemas"]["Emotion"] | null;
            /**
             * Format: int8
             * @description The higher, the sooner.
             * @default 0
             */
            priority?: number;
            /**
             * @description Loudness relative to the file.
             * @default 0
             */
            gainDb?: components["schemas"]["GainDb"];
            /** @description When it began; not yet where left out. */
            start?: components["schemas"]["ShowTime"] | null;
            /** @description If its turn has not come by then, it is dropped. */
            expires?: components["schemas"]["ShowTime"] | null;
            /**
             * Format: uint64
             * @description Before whom its turn comes, among equals.
             */
            order: number;
        };
        /** @description Why an utterance is over. */
        SpeechEnd: "finished" | "cancelled" | "expired" | "failed";
        /** @description A destination as anybody may see it: without its key. */
        DestinationView: {
            /** @description Its name. */
            id: components["schemas"]["Id"];
            /** @description The ingest or the file. */
            url: string;
            /** @description The service that it is of. */
            service?: components["schemas"]["Service"] | null;
            /** @description What the video is written in. */
            codec: components["schemas"]["VideoCodec"];
            /** @description Whether a key is set. */
            hasStreamKey: boolean;
            /**
             * Format: uint32
             * @description Seconds of a recording's segment.
             */
            segmentSeconds?: number | null;
            /**
             * Format: uint32
             * @description Segments kept.
             */
            keepSegments?: number | null;
            /** @description Whether the bit rate goes by it. */
            required: boolean;
        };
        /** @description Several commands. */
        Batch: {
            /** @description In this order. */
            commands: components["schemas"]["Command"][];
        };
        /** @description What the meters show. */
        Meters: {
            /** @description Of each track and utterance by its name, after its gain. */
            sources: {
                [key: string]: components["schemas"]["Level"];
            };
            /** @description Of each bus, after all that is done to it. */
            buses: {
                [key: string]: components["schemas"]["Level"];
            };
            /** @description Of the program. */
            program: components["schemas"]["Level"];
            /**
             * Format: float
             * @description The highest peak of the program's wave, in dBTP.
             */
            truePeakDb: number;
            /**
             * Format: float
             * @description The program's loudness over the last 0.4 s, in LUFS.
             */
            momentaryLufs: number;
            /**
             * Format: float
             * @description Over the last 3 s.
             */
            shortTermLufs: number;
            /**
             * Format: float
             * @description Since the service began, gated.
             */
            integratedLufs: number;
            /**
             * Format: float
             * @description What the leveller adds, in dB.
             */
            levellerDb: number;
            /**
             * Format: float
             * @description What the limiter takes, in dB.
             */
            limiterDb: number;
            /** @description How far those who speak are. */
            speech: components["schemas"]["Progress"][];
        };
        /** @description Levels, in dB; silence is -120. */
        Level: {
            /**
             * Format: float
             * @description The highest sample, in dBFS.
             */
            peakDb: number;
            /**
             * Format: float
             * @description The root of the mean of the squares, in dBFS.
             */
            rmsDb: number;
        };
        /** @description How far an utterance is. */
        Progress: {
            id: components["schemas"]["Id"];
            layerId: components["schemas"]["Id"];
            /**
             * Format: double
             * @description Seconds of it that have been heard.
             */
            seconds: number;
            /**
             * Format: uint
             * @description Which of its words is being said, counted from 0.
             */
            word?: number | null;
        };
        /** @description How many files further. */
        Skip: {
            /**
             * Format: int32
             * @description Negative: back; 0: the same again; 1 where left out.
             * @default 1
             */
            by?: number;
        };
        /** @description What a character is to say, with its sound. */
        Speak: {
            /** @description Its name; made where left out. */
            id?: components["schemas"]["Id"] | null;
            /** @description The character that says it: a layer of type `host` or `assistant`. */
            layerId: components["schemas"]["Id"];
            /**
             * @description The sound: a path below the asset folder, an upload, or an `http(s)` URL. Without it the sound is
             *      still being made, and is pushed by WebSocket.
             */
            url?: string | null;
            /** @description How long the file is, in seconds. The service finds it out. */
            length?: components["schemas"]["Seconds"] | null;
            /** @description What is said, for captions. */
            text?: string | null;
            /** @description When which word is said, in order. */
            words?: components["schemas"]["Word"][];
            /** @description In which mood. */
            emotion?: components["schemas"]["Emotion"] | null;
            /**
             * Format: int8
             * @description The higher, the sooner its turn comes.
             */
            priority?: number;
            /** @description Whether it waits for its turn. */
            queue?: components["schemas"]["SpeechQueue"];
            /** @description Where its turn has not come after so many seconds, it is not said at all. */
            expiresIn?: components["schemas"]["Seconds"] | null;
            /** @description Loudness relative to the file. */
            gainDb?: components["schemas"]["GainDb"];
            /** @description The sound itself, instead of a `url`. */
            audio?: components["schemas"]["Audio"] | null;
        };
        /** @description Sound in a request. */
        Audio: {
            /** @description A file (WAV, MP3, FLAC, OGG, AAC, M4A), or raw samples where `encoding` says so; in base64. */
            base64: string;
            /** @description Of raw samples: how they are written. */
            encoding?: components["schemas"]["Encoding"] | null;
            /**
             * Format: uint32
             * @description Of raw samples: how many a second.
             * @default null
             */
            sampleRate?: number | null;
            /**
             * Format: uint16
             * @description Of raw samples: how many channels, interleaved; one where left out.
             * @default null
             */
            channels?: number | null;
        };
        /** @description How raw samples are written: little endian. */
        Encoding: "int16" | "float32";
        /** @description Whose speech. */
        Whose: {
            /** @description A character's only. */
            layerId?: components["schemas"]["Id"] | null;
        };
        /** @description A file that was sent. */
        Upload: {
            /** @description As a layer, track or utterance names it. */
            url: string;
            /**
             * Format: uint64
             * @description Its size.
             */
            bytes: number;
        };
        /** @description What a file is to be called. */
        FileName: {
            /**
             * @description Its ending is kept, such as `.mp3`.
             * @default
             */
            name?: string;
        };
        /** @description The name of an upload. */
        UploadName: {
            /** @description What follows `uploads/` in its URL. */
            name: string;
        };
        /** @description A copy of the store. */
        BackupView: {
            /** @description Its file, in `backups` in the data folder. */
            name: string;
            /**
             * Format: uint64
             * @description Its size.
             */
            bytes: number;
        };
        /** @description Whose edit. */
        Whose2: {
            /**
             * @description The client's; anybody's where left out.
             * @default null
             */
            by?: components["schemas"]["Id"] | null;
        };
        /** @description Edits of the near past. */
        History: {
            /** @description What can be undone, the last first. */
            undo: components["schemas"]["StepView"][];
            /** @description What can be done again, the first to be done first. */
            redo: components["schemas"]["StepView"][];
        };
        /** @description A step as callers see it. */
        StepView: {
            /** @description Who did it. */
            by: components["schemas"]["Id"];
            /** @description When, in seconds of show time. */
            at: components["schemas"]["ShowTime"];
            /** @description What it is about, such as `layer host`. */
            things: string[];
        };
        /** @description Which page of the log. */
        Page: {
            /**
             * @description As the page before says; the newest commands where left out.
             * @default null
             */
            cursor?: string | null;
            /**
             * Format: uint
             * @description How many commands, 1 to 500; 50 where left out.
             * @default null
             */
            limit?: number | null;
            /**
             * @description Only commands of this client.
             * @default null
             */
            by?: components["schemas"]["Id"] | null;
            /**
             * @description Only commands of this kind, such as `createLayer`; those in a batch are of the kind `batch`.
             * @default null
             */
            command?: string | null;
            /**
             * Format: int64
             * @description Only commands that became durable then or later, in milliseconds since 1970.
             * @default null
             */
            since?: number | null;
        };
        /** @description A page of the log, the newest first. */
        LogPage: {
            /** @description Its commands. */
            commands: components["schemas"]["Logged"][];
            /** @description The `cursor` of the next page, where there are older commands. */
            nextCursor?: string | null;
        };
        /** @description A command of the past. */
        Logged: {
            /**
             * Format: uint64
             * @description Its number, which events have as well.
             */
            sequence: number;
            /**
             * Format: int64
             * @description When it became durable, in milliseconds since 1970.
             */
            unixMs: number;
            /** @description Who gave it; nobody where the service did. */
            by?: components["schemas"]["Id"] | null;
            /** @description The key that its caller gave it. */
            key?: string | null;
            /** @description What was asked for, without what is secret. */
            command: unknown;
        };
        /** @description What a WebSocket may bring instead of the token. */
        Ticket: {
            /** @description Good once. */
            ticket: string;
            /**
             * Format: uint64
             * @description And for so long.
             */
            seconds: number;
        };
        /** @description A request that is carried out in its own time. */
        Operation: {
            /** @description Its name, made by the service. */
            id: string;
            /** @description What was asked for, such as `POST /api/v1/backups`. */
            request: string;
            /** @description How it is. */
            state: components["schemas"]["OperationState"];
            /**
             * Format: uint64
             * @description When it came, in milliseconds since 1970.
             */
            beganUnixMs: number;
            /**
             * Format: uint64
             * @description When it was over.
             */
            endedUnixMs?: number | null;
            /** @description How far it has come, where there are steps to count: files that a show needs. */
            progress?: components["schemas"]["Steps"] | null;
            /** @description What it would have been answered; not in lists. */
            response?: components["schemas"]["OperationResponse"] | null;
        };
        OperationState: "running" | "succeeded" | "failed";
        Steps: {
            /**
             * Format: uint64
             * @description Steps that are done.
             */
            done: number;
            /**
             * Format: uint64
             * @description Of how many that are known of so far.
             */
            total: number;
        };
        /** @description An answer. */
        OperationResponse: {
            /**
             * Format: uint16
             * @description The HTTP status.
             */
            status: number;
            /** @description Its body; null where it has none; left out where it was longer than 256 KiB. */
            body?: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
