/** A certificate for localhost and 127.0.0.1 and its key, of no use but for tests; valid for a hundred years. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUfcnZOBZazRfilRRhLWIEhNgwHtowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjE1NDgyNVoYDzIxMjYxMTAy
MTU0ODI1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAR48QbkEDN6u0qoNGd/uJyeDc6/d7rcIb0wST6e7EtrGop2y93vEzmx
znV2v5y3sgZKUapu/6CG9BfarGQWbPUno28wbTAdBgNVHQ4EFgQUU8uesq7yP5dH
e6FT0/JQCTWWHecwHwYDVR0jBBgwFoAUU8uesq7yP5dHe6FT0/JQCTWWHecwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgenSwaZtqElhMFxFbzzdpVehCvAe0ypL7X7BqaxhA/3gCIQC4
lsuv/T3Md8ddoFsGmoNTWWkgP4jrqFfZezZIerIfEA==
-----END CERTIFICATE-----`;

export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpSVwa+QfxaluJ4yU
WX+iAIR9qBnb3azcomoL9HfsgaehRANCAAR48QbkEDN6u0qoNGd/uJyeDc6/d7rc
Ib0wST6e7EtrGop2y93vEzmxznV2v5y3sgZKUapu/6CG9BfarGQWbPUn
-----END PRIVATE KEY-----`;
