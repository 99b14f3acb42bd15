// `npm run bench [name]`: prints figures; asserts nothing. One file a topic.

const TOPICS = ['routing'];

const wanted = process.argv.slice(2);
for (const topic of wanted.length > 0 ? wanted : TOPICS) {
  if (!TOPICS.includes(topic)) {
    console.error(`No bench is called ${topic}. There are: ${TOPICS.join(', ')}`);
    process.exit(2);
  }
  const module = (await import(`./${topic}.js`)) as { readonly bench: () => Promise<void> };
  await module.bench();
}
