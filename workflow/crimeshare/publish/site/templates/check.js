"use strict";
// Checking a text: Python and the audit are loaded when the form is first touched.
(() => {
  const form = document.querySelector(".checking");
  const [text, published, about, answer, said] = ["text", "published", "about", "answer", "checked"]
    .map((id) => document.getElementById(id));

  const unpacked = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };

  // Pyodide fetches its files; here they have come with a script, so that nothing is fetched.
  const started = async () => {
    await Promise.all(["pyodide", "python", "judge"].map((name) => crimeshare.load(`check/${name}.js`)));
    const { program, machine, library, judge, lock } = crimeshare.python;
    const files = { "pyodide.asm.wasm": await unpacked(machine), "python_stdlib.zip": await unpacked(library) };
    const module = URL.createObjectURL(new Blob([await unpacked(program)], { type: "text/javascript" }));
    const { default: createPyodideModule } = await import(module);
    const { fetch } = window;
    window.fetch = async (url) => new Response(files[new URL(url, location).pathname.split("/").at(-1)], { headers: { "Content-Type": "application/wasm" } });
    try {
      const python = await loadPyodide({ createPyodideModule, lockFileContents: lock, indexURL: new URL(".", location).href });
      python.unpackArchive(await unpacked(judge), "zip", { extractDir: "/project" });
      python.runPython("import sys; sys.path.insert(0, '/project/workflow')");
      return python.pyimport("crimeshare.audit.text_check").opened("/project");
    } finally {
      window.fetch = fetch;
    }
  };
  let loading;
  const loaded = () => loading ??= started();

  form.addEventListener("focusin", () => loaded().catch(() => {}), { once: true });
  const button = document.getElementById("judge");
  button.hidden = false;
  button.addEventListener("click", async () => {
    answer.replaceChildren();
    said.textContent = "Loading what judges it, some ten megabytes the first time …";
    try {
      const judge = await loaded();
      said.textContent = "Reading …";
      // Let it be painted before Python takes over.
      await new Promise((resolve) => setTimeout(resolve, 50));
      answer.innerHTML = judge(text.value, published.value, about.value.trim());
      said.textContent = "";
      answer.querySelector(".count, .refused")?.focus();
    } catch (error) {
      loading = undefined;
      said.textContent = `This could not be checked here: ${String(error.message ?? error).trim().split("\n").at(-1)}`;
    }
  });
})();
