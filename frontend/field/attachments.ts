/** Photos made small enough for a village's network, and voice memos. */
import { sha256 } from './engine/canonical.ts';
import type { Attachment } from './engine/operations.ts';

const LONGEST_SIDE = 1280;
const LARGEST = 200_000;
export const LONGEST_VOICE = 60; // seconds

export class NotAPhoto extends Error {}

/** A JPEG of at most 200 kB and 1280 points. Drawing it anew leaves place and camera behind. */
export async function compressed(file: Blob): Promise<Attachment> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new NotAPhoto();
  }
  // A page of print is drawn once; a thicket a second time at less quality, then as much smaller as it is too large.
  let side = Math.min(LONGEST_SIDE, Math.max(picture.width, picture.height));
  for (const quality of [0.82, 0.65, 0.65, 0.6, 0.5]) {
    const blob = await drawn(picture, side, quality);
    if (blob.size <= LARGEST) {
      picture.close();
      return attachment(blob, 'image/jpeg');
    }
    if (quality < 0.8) side = Math.round(side * Math.min(0.9, Math.sqrt(LARGEST / blob.size)));
  }
  throw new NotAPhoto();
}

function drawn(picture: ImageBitmap, side: number, quality: number): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new NotAPhoto())), 'image/jpeg', quality));
}

async function attachment(blob: Blob, type: string): Promise<Attachment> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return { sha256: await sha256(bytes), type, bytes };
}

export function address(one: Attachment): string {
  return URL.createObjectURL(new Blob([one.bytes], { type: one.type }));
}

export const canRecord = typeof MediaRecorder !== 'undefined' && Boolean(navigator.mediaDevices?.getUserMedia);

/** Starts to record; the function returned ends it and gives the memo. Throws when the microphone is not allowed. */
export async function record(): Promise<() => Promise<Attachment>> {
  const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = ['audio/webm;codecs=opus', 'audio/mp4'].find((one) => MediaRecorder.isTypeSupported(one)) ?? '';
  const recorder = new MediaRecorder(sound, { ...(type && { mimeType: type }), audioBitsPerSecond: 24_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.start();
  return () =>
    new Promise((resolve) => {
      recorder.onstop = () => {
        for (const track of sound.getTracks()) track.stop();
        const kind = recorder.mimeType.startsWith('audio/mp4') ? 'audio/mp4' : 'audio/webm';
        void attachment(new Blob(parts, { type: kind }), kind).then(resolve);
      };
      if (recorder.state === 'inactive') recorder.onstop(new Event('stop'));
      else recorder.stop();
    });
}
