// What our own Node is started with as the server.
// A small young generation: its default let the server grow by 100 MB while a backup ran, and bought no time.
export const nodeFlags = ['--max-semi-space-size=4'];
