/** Hands a file to the person: the phone's download, or its share sheet. */
export async function save(name: string, content: string, type: string): Promise<void> {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
