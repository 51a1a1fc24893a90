// Streamlit's own English words in Chinese. What users and pages write is never touched: only whole
// strings of this list, and none inside the places that show content.
(() => {
  const WORDS = {
    "(required)": "（必填）",
    "About": "关于",
    "Accounting": "会计格式",
    "Add an option": "添加选项",
    "Add files": "添加文件",
    "Add options": "添加选项",
    "Add row": "添加行",
    "An error has occurred, please try again.": "出错了，请重试。",
    "App pages": "页面",
    "Automatic": "自动",
    "Autosize": "自动列宽",
    "Average": "平均值",
    "Average length": "平均长度",
    "Browse files": "选择文件",
    "Calendar": "日历格式",
    "Cancel": "取消",
    "Cancel (Escape)": "取消（Esc）",
    "Choose a date": "选择日期",
    "Choose an option": "请选择",
    "Choose date": "选择日期",
    "Choose date and time": "选择日期和时间",
    "Choose date range": "选择日期范围",
    "Choose options": "请选择",
    "Choose or add an option": "选择或添加",
    "Choose or add options": "选择或添加",
    "Clear all": "全部清除",
    "Clear cache": "清除缓存",
    "Clear caches": "清除缓存",
    "Clear date": "清除日期",
    "Clear dates": "清除日期",
    "Clear entry": "清除",
    "Clear selection": "取消选择",
    "Clear value": "清除",
    "Click to finish selecting date range": "点击选定结束日期",
    "Click to retry upload": "点击重新上传",
    "Click to start selecting date range": "点击选定开始日期",
    "Click to view actions": "点击查看操作",
    "Close": "关闭",
    "Close Search": "关闭搜索",
    "Close fullscreen": "退出全屏",
    "Collapse sidebar": "收起侧栏",
    "Compact": "紧凑格式",
    "Connecting": "正在连接",
    "Connection error": "连接出错",
    "Connection lost. Please wait for the app to reconnect, then try again.":
      "连接已断开，请等待重新连接后再试。",
    "Connection timed out.": "连接超时。",
    "Copied": "已复制",
    "Copied!": "已复制",
    "Copy": "复制",
    "Copy Vega-Lite spec": "复制图表定义",
    "Copy column name": "复制列名",
    "Copy to clipboard": "复制",
    "Copy version to clipboard": "复制版本号",
    "Count": "数量",
    "Dark": "深色",
    "Dataframe column menu": "列菜单",
    "Date range": "日期范围",
    "Decrement": "减少",
    "Delete row(s)": "删除行",
    "Distinct": "不同值",
    "Dollar": "美元",
    "Download as CSV": "下载 CSV",
    "Download as PNG": "下载 PNG",
    "Download as SVG": "下载 SVG",
    "Drag and drop a file here": "把文件拖到这里",
    "Drag and drop files here": "把文件拖到这里",
    "Duration": "时长",
    "Edit": "编辑",
    "Empty": "空值",
    "Error": "错误",
    "Error:": "错误：",
    "Error deleting file": "删除文件出错",
    "Error uploading file": "上传文件出错",
    "Euro": "欧元",
    "Expand sidebar": "展开侧栏",
    "Failed to load data": "数据加载失败",
    "File type not allowed.": "不接受这种文件。",
    "Format": "格式",
    "Fullscreen": "全屏",
    "Get help": "帮助",
    "Hide column": "隐藏列",
    "Increment": "增加",
    "Invalid input.": "输入无效。",
    "Light": "浅色",
    "Link to heading": "标题链接",
    "Loading...": "加载中…",
    "Localized": "本地格式",
    "Made with Streamlit v": "基于 Streamlit v",
    "Main menu": "主菜单",
    "Maximum": "最大值",
    "Median": "中位数",
    "Minimum": "最小值",
    "Navigate to home page": "回到首页",
    "Network Error": "网络错误",
    "Next Result": "下一个",
    "Next month": "下个月",
    "Next page": "下一页",
    "No data": "没有数据",
    "No options": "没有选项",
    "No results": "没有匹配项",
    "Notifications": "通知",
    "Only one file is allowed.": "只能上传一个文件。",
    "Number is above the allowed range.": "数值过大。",
    "Number is below the allowed range.": "数值过小。",
    "Open": "打开",
    "Page not found": "没有这个页面，或您无权查看",
    "Pagination": "翻页",
    "Past 2 Years": "近两年",
    "Past 3 Months": "近三个月",
    "Past 6 Months": "近六个月",
    "Past Month": "近一个月",
    "Past Week": "近一周",
    "Past Year": "近一年",
    "Percent": "百分比",
    "Pin column": "固定列",
    "Plain": "普通",
    "Press Enter to apply": "按回车确认",
    "Press Enter to submit form": "按回车提交",
    "Previous Result": "上一个",
    "Previous month": "上个月",
    "Previous page": "上一页",
    "Print": "打印",
    "Quick select a date range": "快速选择日期范围",
    "Range": "范围",
    "Record a screencast": "录屏",
    "Record screen": "录屏",
    "Rename": "重命名",
    "Rerun": "刷新",
    "Running...": "运行中…",
    "Scientific": "科学计数",
    "Scroll tabs left": "向左滚动",
    "Scroll tabs right": "向右滚动",
    "Search": "搜索",
    "Select": "选择",
    "Select all": "全选",
    "Select...": "请选择",
    "Settings": "设置",
    "Show password text": "显示密码",
    "Hide password text": "隐藏密码",
    "Show chart": "显示图表",
    "Show data": "显示数据",
    "Show/hide columns": "显示或隐藏列",
    "Sidebar": "侧栏",
    "Skip to main content": "跳到正文",
    "Sort ascending": "升序",
    "Sort descending": "降序",
    "Standard deviation": "标准差",
    "Start date must be before end date.": "开始日期须早于结束日期。",
    "Statistics": "统计",
    "Stop": "停止",
    "Stop script": "停止",
    "Streamlit server is not responding. Are you connected to the internet?":
      "服务器没有响应，请检查网络连接。",
    "Sum": "合计",
    "System": "跟随系统",
    "The page that you have requested does not seem to exist. Running the app's main page.":
      "您打开的页面不存在，或您的角色无权查看；已转到首页。",
    "Theme": "主题",
    "This field is required.": "此项必填。",
    "Too many files": "文件过多",
    "Try again": "重试",
    "Type to search": "输入以搜索",
    "Unknown error": "未知错误",
    "Unpin column": "取消固定",
    "Upload": "上传",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "用方向键选择日期，回车确认，Esc 关闭。",
    "Values": "值",
    "View less": "收起",
    "view less": "收起",
    "view more": "展开",
    "Yen": "日元",
  };
  const SEGMENTS = { year: "年", month: "月", day: "日", yyyy: "年", mm: "月", dd: "日" };
  const PATTERNS = [
    [/^([\d.]+ ?[KMG]?B) per file(?: • (.+))?$/, (_, size, kinds) =>
      `每个文件不超过 ${size}` + (kinds ? ` · ${kinds}` : "")],
    [/^Press (?:⌘|Ctrl)\+Enter to (apply|submit form)$/, (_, what) =>
      what === "apply" ? "按 Ctrl+回车确认" : "按 Ctrl+回车提交"],
    [/^Help for (.+)$/, (_, label) => `${label}的说明`],
    [/^File must be (.+) or smaller\.$/, (_, size) => `文件不能超过 ${size}。`],
    [/^Select (\d+) matches$/, (_, count) => `全选 ${count} 个匹配项`],
    [/^You can only select up to (\d+) options?\. Remove an option first\.$/, (_, count) =>
      `最多选 ${count} 项，请先去掉一项。`],
    [/^(: |Error: )?Date set outside allowed range\. Please select a date (.+)\.$/,
      (_, before, range) =>
        `${error(before)}日期超出范围，请选择${within(range, "不早于", "不晚于")}的日期。`],
    [/^(: |Error: )?Number is (?:outside|below|above) the allowed range\. Please enter a value (.+)\.$/,
      (_, before, range) =>
        `${error(before)}数值超出范围，请填写${within(range, "不小于", "不大于")}的数。`],
    [/^(: |Error: )?.+ files are not allowed\.$/, (_, before) => `${error(before)}不接受这种文件。`],
    [/^Choose date, (.+)$/, (_, month) => `选择日期：${month}`],
    [/^Selected Date: (.+)$/, (_, day) => `已选日期：${new Date(day).toLocaleDateString("zh-CN")}`],
    [/^View (\d+) more$/, (_, count) => `还有 ${count} 项`],
    [/^\+(\d+) more$/, (_, count) => `还有 ${count} 项`],
  ];
  // Of a list of options, "select all" and "no results" are Streamlit's own.
  const VALUES = [
    "[data-baseweb=tag]",
    "[role=gridcell]",
    "[role=option]:not([data-key=__select_all__], [data-key=__select_matches__], [data-empty] *)",
    "[data-testid=stFileChipName]",
    "svg.marks",
  ].join(",");
  const CONTENT = [
    VALUES,
    "[data-testid=stMarkdownContainer]:not([data-testid=stFileUploaderDropzone] *, " +
      "[data-testid=stTooltipErrorContent] *)",
    "[data-testid=stText]",
    "[data-testid=stCode]",
    "[data-testid=stTable]",
    "[data-testid=stJson]",
    "[role=columnheader]",
    "textarea",
  ].join(",");
  const OWN = "[data-testid=stFileUploaderDropzone] button"; // its label is Streamlit's own
  const ATTRIBUTES = ["placeholder", "aria-label", "title"];

  // The bold word "Error" stands in a place of its own, its colon before the sentence.
  function error(before = "") {
    return before.replace("Error", "错误").replace(": ", "：");
  }

  // "between 1 and 9", "on or after 2026-01-01", "less than or equal to 9"
  function within(range, least, most) {
    const [, from, to] = /^between (.+) and (.+)$/.exec(range) ?? [];
    if (from) return ` ${from} 至 ${to} 之间`;
    const [, word, end] = /^(.+ (?:or after|or before|equal to)) (.+)$/.exec(range) ?? ["", "", range];
    return `${/after|greater/.test(word) ? least : most} ${end} `;
  }

  function chinese(text) {
    const key = text.trim();
    if (Object.hasOwn(WORDS, key)) return text.replace(key, () => WORDS[key]);
    for (const [pattern, say] of PATTERNS) if (pattern.test(key)) return key.replace(pattern, say);
    return text;
  }

  // "Show data: " and what the page calls the chart; "year, " and what it calls the date.
  function label(text) {
    const [, tool, about] = /^([A-Z][A-Za-z/ -]+)[:,] (.+)$/s.exec(text) ?? [];
    if (tool && Object.hasOwn(WORDS, tool)) return `${WORDS[tool]}：${about}`;
    const [, file] = /^Remove (.+)$/s.exec(text) ?? [];
    if (file) return `移除 ${file}`;
    const [, part, day] = /^(year|month|day), (.+)$/s.exec(text) ?? [];
    return part ? `${day}：${SEGMENTS[part]}` : chinese(text);
  }

  function inText(node) {
    const segment = node.parentElement?.closest("[role=spinbutton]");
    const said = (segment && SEGMENTS[node.nodeValue]) || chinese(node.nodeValue);
    if (said === node.nodeValue) return;
    const content = node.parentElement?.closest(CONTENT);
    if (content && !content.closest(OWN)) return;
    node.nodeValue = said;
  }

  function inAttributes(element) {
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      const said = name === "aria-label" ? label(value ?? "") : chinese(value ?? "");
      if (said !== (value ?? "") && !element.closest(VALUES)) element.setAttribute(name, said);
    }
  }

  function translate(node) {
    if (node.nodeType === Node.TEXT_NODE) inText(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    inAttributes(node);
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const found = walker.currentNode;
      if (found.nodeType === Node.TEXT_NODE) inText(found);
      else inAttributes(found);
    }
  }

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") inText(change.target);
      else if (change.type === "attributes") inAttributes(change.target);
      else change.addedNodes.forEach(translate);
    }
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    characterData: true,
    attributeFilter: ATTRIBUTES,
  });
  translate(document.documentElement);
})();
