/** The build's folder. */
export declare const dist: string;
export declare function bundle(input: Record<string, string>, folder?: string): Promise<void>;
