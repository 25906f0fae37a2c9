/* Runs in the shell page: lays documents out on pages of the asked size. Nothing here comes from a document.

   A job: {paper: {width, height, top, right, bottom, left, headerTop, headerLine} in mm, zoom,
           documents: [{body, header, footer, lang}], pages: 0 | N}
   pages = 0  one section of one page for each document; answers which ones fit their page.
   pages = N  one document that flows over N pages; header and footer drawn N times.
   pages = -1 the same, to count the pages: no header or footer drawn yet. */
"use strict";

globalThis.efacture = (() => {
    const FORBIDDEN =
        "script,iframe,frame,frameset,object,embed,applet,link,meta,base,template,audio,video,canvas,portal,dialog";
    const KEPT_LINKS = new Set(["http:", "https:", "mailto:", "tel:"]);
    const ROUNDING = 1; // px: below this a page is taken as full, and the document flows instead
    let undrawable = null;

    /* [first, last, first, last, …] code points that some installed font draws. */
    function learnFonts(ranges) {
        const hex = (n) => `\\u{${n.toString(16)}}`;
        let classes = "";
        for (let i = 0; i < ranges.length; i += 2) {
            classes += `${hex(ranges[i])}-${hex(ranges[i + 1])}`;
        }
        undrawable = new RegExp(`[^\\t\\n\\r\\p{DI}${classes}]`, "gu");
        return true;
    }

    function drawable(text) {
        return text.toWellFormed().replace(undrawable, (c) => (c < " " || (c >= "\x7f" && c < "\xa0") ? "" : "?"));
    }

    function parse(html) {
        const page = new DOMParser().parseFromString(html || "", "text/html");
        const base = page.querySelector("base[href]")?.getAttribute("href") || "";
        page.querySelectorAll(FORBIDDEN).forEach((node) => node.remove());
        return {page, base};
    }

    function clean(root, base, unresolved) {
        const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const node = texts.currentNode;
            undrawable.lastIndex = 0;
            if (undrawable.test(node.data)) node.data = drawable(node.data);
        }
        for (const link of root.querySelectorAll("a[href]")) {
            let target = null;
            const href = link.getAttribute("href");
            if (!href.startsWith("#")) {
                try {
                    target = base ? new URL(href, base) : new URL(href);
                } catch {
                    target = null;
                }
            }
            if (target && KEPT_LINKS.has(target.protocol)) link.setAttribute("href", target.href);
            else link.removeAttribute("href");
        }
        for (const picture of root.querySelectorAll("img")) {
            picture.removeAttribute("srcset");
            picture.removeAttribute("loading");
            const source = picture.getAttribute("src") || "";
            if (!source.startsWith("data:")) {
                if (source) unresolved.push(source.slice(0, 200));
                picture.removeAttribute("src");
            }
        }
        for (const field of root.querySelectorAll("[autofocus]")) field.removeAttribute("autofocus");
    }

    function element(name, className, style) {
        const node = document.createElement(name);
        if (className) node.className = className;
        if (style) node.style.cssText = style;
        return node;
    }

    /* The children of a page's body, in a block that bears what the body bore. */
    function content(html, className, unresolved) {
        const {page, base} = parse(html);
        const block = element("div", `${className} ${page.body.className}`);
        if (page.body.dir) block.dir = page.body.dir;
        block.dataset.own = [...page.querySelectorAll("style")].length ? "1" : "";
        page.head.querySelectorAll("style").forEach((node) => block.append(document.adoptNode(node)));
        block.append(...[...page.body.childNodes].map((node) => document.adoptNode(node)));
        clean(block, base, unresolved);
        return block;
    }

    function area(source, kind, zoom, bodyClass, dir, unresolved) {
        const wrapper = element("div", `ef-${kind}`);
        const inner = content(source, `ef-inner ${bodyClass}`, unresolved);
        if (dir) inner.dir = dir;
        inner.style.zoom = zoom;
        wrapper.append(inner);
        return wrapper;
    }

    function number(block, page, pages) {
        block.querySelectorAll(".page").forEach((node) => {
            if (!node.querySelector("div,p,table")) node.textContent = page;
        });
        block.querySelectorAll(".topage").forEach((node) => (node.textContent = pages));
    }

    function build(job, source, unresolved) {
        const {paper} = job;
        const sheet = element("section", "ef-sheet", `width:${paper.width}mm`);
        if (source.lang) sheet.lang = source.lang;
        const body = content(source.body, "ef-inner", unresolved);
        const ownStyle = body.dataset.own;
        const bodyClass = body.className.replace("ef-inner", "");
        body.style.zoom = job.zoom;
        const header = area(source.header, "header", job.zoom, bodyClass, body.dir, unresolved);
        const footer = area(source.footer, "footer", job.zoom, bodyClass, body.dir, unresolved);
        header.style.cssText = `width:${paper.width}mm;height:calc(${paper.height}mm - ${HAIR}px);padding:${paper.headerTop}mm ${paper.right}mm 0 ${paper.left}mm`;
        footer.style.cssText = `width:${paper.width}mm;padding:0 ${paper.right}mm 0 ${paper.left}mm`;
        if (paper.headerLine) {
            header.append(
                element("div", "ef-line", `top:${paper.top}mm;left:${paper.left}mm;right:${paper.right}mm`)
            );
        }
        return {sheet, body, header, footer, ownStyle};
    }

    const MM = 96 / 25.4;
    // The browser lays a page out on whole pixels, rounded up (297 mm: 1123 px).
    const pageStep = (paper) => Math.ceil(paper.height * MM - 0.01);
    const HAIR = 1; // px: drawn that much inside the page, so that rounding never makes another one
    const heightOf = (node) => node.getBoundingClientRect().height;

    const CLEAR = 2 * MM; // between what a header or footer says and what follows it

    /* Lowest point that text and pictures reach; padding and shapes behind them may be cut. */
    function inkBottom(block) {
        let bottom = 0;
        const see = (rect) => (bottom = rect.width > 0 ? Math.max(bottom, rect.bottom) : bottom);
        const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
        const range = document.createRange();
        while (texts.nextNode()) {
            if (!texts.currentNode.data.trim()) continue;
            range.selectNodeContents(texts.currentNode);
            [...range.getClientRects()].forEach(see);
        }
        block.querySelectorAll("img").forEach((picture) => see(picture.getBoundingClientRect()));
        return bottom ? bottom - block.getBoundingClientRect().top + CLEAR : 0;
    }

    /* Room that header and footer really take: never less than the margins, never over the text. */
    function reserve(paper, parts) {
        parts.top = Math.max(paper.top * MM, paper.headerTop * MM + inkBottom(parts.header.firstElementChild));
        parts.bottom = Math.max(paper.bottom * MM, inkBottom(parts.footer.firstElementChild));
        parts.footer.style.height = `${parts.bottom}px`;
        parts.room = paper.height * MM - parts.top - parts.bottom;
    }

    /* Text wider than its page: break words, then draw smaller, as wkhtmltopdf does. */
    function narrow(job, block) {
        let zoom = job.zoom;
        const tooWide = () => block.scrollWidth > block.clientWidth + 1;
        if (!tooWide()) return;
        block.classList.add("ef-break");
        for (let i = 0; i < 4 && tooWide(); i++) {
            zoom *= Math.max(0.5, (block.clientWidth - 1) / block.scrollWidth);
            block.style.zoom = zoom;
        }
    }

    /* A frame drawn by an absolute ::before is misplaced where a table goes on over the page. */
    function frame(body) {
        for (const table of body.querySelectorAll("table")) {
            const style = getComputedStyle(table, "::before");
            const framed = style.content !== "none" && style.position === "absolute";
            if (framed && parseFloat(style.borderTopWidth) > 0) {
                table.style.border = `${style.borderTopWidth} ${style.borderTopStyle} ${style.borderTopColor}`;
                table.classList.add("ef-framed");
            }
        }
    }

    async function settle() {
        document.body.getBoundingClientRect(); // lays out, so that the faces in use start loading
        await document.fonts.ready;
        const pictures = [...document.images].filter((picture) => picture.getAttribute("src"));
        let broken = 0;
        await Promise.all(pictures.map((picture) => picture.decode().catch(() => broken++)));
        return broken;
    }

    function pageSize(paper) {
        document.getElementById("ef-page-size").textContent =
            `@page{size:${paper.width}mm ${paper.height}mm !important;margin:0 !important}`;
    }

    async function sections(job) {
        const {paper} = job;
        const unresolved = [];
        pageSize(paper);
        const all = job.documents.map((source) => build(job, source, unresolved));
        for (const parts of all) {
            parts.main = element("div", "ef-main", `padding:0 ${paper.right}mm 0 ${paper.left}mm`);
            parts.main.append(parts.body);
            parts.sheet.append(parts.header, parts.main, parts.footer);
            // A hair less than the page: what does not fit grows the page count, it is never cut.
            parts.sheet.style.minHeight = `calc(${paper.height}mm - ${HAIR}px)`;
            parts.sheet.classList.add("ef-one");
            number(parts.header, 1, 1);
            number(parts.footer, 1, 1);
        }
        document.body.replaceChildren(...all.map((parts) => parts.sheet));
        const broken = await settle();
        all.forEach((parts) => narrow(job, parts.body));
        all.forEach((parts) => reserve(paper, parts));
        const fits = all.map(
            (parts) =>
                heightOf(parts.main) <= parts.room - ROUNDING && !(parts.ownStyle && job.documents.length > 1)
        );
        all.forEach((parts, index) => {
            if (!fits[index]) return parts.sheet.remove();
            parts.main.style.paddingTop = `${parts.top}px`;
            parts.footer.style.top = `${paper.height * MM - HAIR - parts.bottom}px`;
        });
        return {fits, unresolved, broken};
    }

    async function flow(job) {
        const {paper} = job;
        const unresolved = [];
        pageSize(paper);
        const parts = build(job, job.documents[0], unresolved);
        parts.sheet.append(parts.header, parts.footer);
        parts.main = element("div", "ef-main", `padding:0 ${paper.right}mm 0 ${paper.left}mm`);
        parts.main.append(parts.body);
        // Its padding is drawn again on each page: the room of header and footer.
        const column = element("div", "ef-flow");
        column.append(parts.main);
        parts.sheet.append(column);
        document.body.replaceChildren(parts.sheet);
        number(parts.header, 1, 1);
        number(parts.footer, 1, 1);
        const broken = await settle();
        frame(parts.body);
        narrow(job, parts.body);
        reserve(paper, parts);
        column.style.padding = `${parts.top}px 0 ${parts.bottom}px`;
        const count = Math.max(job.pages, 0);
        for (let page = 1; page <= count; page++) {
            for (const kind of ["header", "footer"]) {
                const copy = parts[kind].cloneNode(true);
                const shift = kind === "footer" ? paper.height * MM - HAIR - parts.bottom : 0;
                copy.style.top = `${(page - 1) * pageStep(paper) + shift}px`;
                number(copy, page, count);
                parts.sheet.append(copy);
            }
        }
        parts.header.remove();
        parts.footer.remove();
        return {fits: [true], unresolved, broken};
    }

    function render(job) {
        return job.pages === 0 ? sections(job) : flow(job);
    }

    function clear() {
        document.body.replaceChildren();
    }

    return {learnFonts, render, clear};
})();
