"""The form of a text that keyword functions compare: however it was typed, the same word.

Full-width letters and marks become ASCII, capitals small, traditional characters
simplified, blanks inside go: `竞 品Ａ`, `競品a` and `竞品A` are one. Also the letter-by-letter
case mapping of UPPER and LOWER, which databases can reproduce (no `ß` → `SS`).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

# Pairs of a traditional character and its simplified one, the common ones; one to one only.
_TRADITIONAL = """
萬万與与醜丑專专業业叢丛東东絲丝兩两嚴严喪丧個个豐丰臨临為为麗丽舉举麼么義义烏乌樂乐喬乔習习鄉乡書书買买亂乱爭争
於于虧亏雲云亞亚產产畝亩親亲褻亵億亿僅仅從从侖仑倉仓儀仪們们價价眾众優优會会傘伞偉伟傳传傷伤倫伦偽伪體体餘余傭佣
俠侠侶侣僥侥偵侦側侧僑侨儂侬儉俭債债傾倾僂偻償偿儲储兒儿黨党蘭兰關关興兴養养獸兽內内岡冈冊册寫写軍军農农馮冯沖冲
決决況况凍冻淨净涼凉減减湊凑幾几鳳凤憑凭凱凯擊击鑿凿劃划劉刘則则剛刚創创刪删別别剎刹劑剂剝剥劇剧勸劝辦办務务動动
勵励勁劲勞劳勢势勳勋匯汇區区醫医華华協协單单賣卖盧卢衛卫卻却廠厂廳厅歷历厲厉壓压厭厌廁厕廂厢廈厦廚厨縣县參参雙双
發发變变敘叙葉叶號号嘆叹嚇吓嗎吗啟启吳吴員员嗚呜詠咏響响啞哑喲哟喚唤嘩哗嘗尝嚨咙嘰叽嘔呕囉啰嘯啸噴喷囑嘱團团園园
困困圍围國国圖图圓圆聖圣場场壞坏塊块堅坚壇坛壩坝墳坟墜坠壟垄墊垫牆墙壯壮聲声殼壳處处備备復复夠够頭头誇夸夾夹奪夺奮奋
獎奖奧奥妝妆婦妇媽妈嫵妩姍姗婁娄婭娅嬌娇嬰婴嬸婶孫孙學学寧宁寶宝實实寵宠審审憲宪宮宫寬宽賓宾寢寝對对尋寻導导壽寿將将
爾尔塵尘堯尧屍尸盡尽層层屬属嶼屿歲岁豈岂島岛嶺岭嶽岳峽峡巒峦幣币帥帅師师帳帐帶带幫帮幹干並并廣广莊庄慶庆廬庐庫库應应
廟庙龐庞廢废開开異异棄弃張张彌弥彎弯彈弹強强歸归當当錄录彥彦徹彻徑径徵征後后憶忆懺忏憂忧懷怀態态憐怜總总戀恋懇恳惡恶
惱恼悅悦懸悬驚惊懼惧慘惨懲惩慚惭慣惯憤愤願愿懶懒戲戏戰战戶户紮扎撲扑執执擴扩掃扫揚扬擾扰撫抚拋抛摶抟搶抢護护報报擔担
擬拟攏拢揀拣擁拥攔拦擰拧撥拨擇择掛挂摯挚撓挠擋挡撿捡換换據据捨舍擲掷攜携攝摄擺摆搖摇攤摊敵敌數数齊齐齋斋斬斩斷断無无
舊旧時时曠旷曇昙晝昼顯显曉晓暉晖暫暂曬晒術术樸朴機机殺杀雜杂權权條条來来楊杨傑杰極极構构槍枪楓枫櫃柜標标棧栈棟栋欄栏
樹树樣样橋桥樁桩夢梦檢检樓楼橫横櫻樱歡欢歐欧殘残毀毁畢毕氣气漢汉湯汤溝沟滬沪滄沧淚泪潔洁灑洒漿浆澆浇濁浊測测濟济濃浓
濤涛澇涝潤润漲涨澀涩淵渊漸渐漁渔滲渗溫温灣湾濕湿潰溃濫滥滯滞滿满濾滤濱滨灘滩潛潜燈灯靈灵災灾燦灿爐炉煉炼爍烁爛烂燭烛
煙烟煩烦燒烧燙烫熱热煥焕愛爱爺爷牽牵犧牺狀状猶犹狹狭獅狮獨独獄狱獵猎豬猪貓猫獻献獲获瑪玛環环現现璽玺瓊琼電电畫画暢畅
療疗瘋疯瘡疮癢痒癥症盞盏鹽盐監监蓋盖盜盗盤盘眯眯著着睜睁瞞瞒矚瞩矯矫礦矿碼码磚砖硯砚確确礙碍禮礼禱祷禍祸離离種种積积
稱称穢秽穩稳窮穷竊窃竅窍窩窝豎竖競竞筆笔筍笋箋笺籠笼築筑篩筛籌筹簽签簡简籃篮籬篱類类粵粤糞粪糧粮糾纠紀纪約约紅红紋纹
納纳紐纽純纯紗纱紙纸級级紛纷紡纺細细終终組组絆绊結结絕绝絡络給给絨绒統统絹绢綁绑經经綜综綠绿維维綱纲網网綴缀緊紧緒绪
線线緝缉締缔緣缘編编緩缓緬缅練练縫缝縛缚縮缩縱纵績绩繁繁織织繞绕繪绘繡绣繩绳繫系繳缴繼继續续纏缠罰罚罷罢羅罗羨羡聯联
聰聪聽听職职聳耸肅肃腸肠膚肤脅胁膽胆勝胜朧胧腫肿脹胀膠胶脈脉髒脏臟脏腦脑膿脓腳脚脫脱臉脸臘腊艦舰艙舱藝艺節节蘇苏蘋苹
範范莖茎薦荐莢荚蕩荡榮荣薈荟蕭萧薩萨藥药蓮莲獲获瑩莹鶯莺蘿萝營营蔣蒋藍蓝蘊蕴虛虚蟲虫雖虽蝦虾蝕蚀蟻蚁螞蚂蠶蚕蠻蛮補补
襯衬襖袄襲袭裝装褲裤見见觀观規规覓觅視视覽览覺觉觸触譽誉計计訂订認认討讨讓让訊讯訓训議议記记講讲許许論论設设訪访證证
評评識识詐诈訴诉診诊詞词譯译試试詩诗誠诚話话誕诞詢询該该詳详語语誤误誘诱說说請请諸诸諾诺讀读課课誰谁調调諒谅談谈謀谋
謊谎諧谐謂谓謎谜謝谢謠谣謙谦謹谨譜谱警警護护豔艳貝贝負负貢贡財财責责賢贤敗败賬账貨货質质販贩貪贪貧贫購购貯贮貫贯貳贰
賤贱貼贴貴贵貸贷貿贸費费賀贺賊贼賄贿資资賠赔賞赏賜赐賒赊賦赋賭赌賴赖贈赠贊赞贏赢趕赶趙赵趨趋躍跃蹤踪踐践車车軌轨軒轩
轉转輪轮軟软轟轰軸轴輕轻載载較较輔辅輛辆輩辈輝辉輯辑輸输轄辖辭辞辯辩邊边遼辽達达遷迁過过邁迈運运還还這这進进遠远違违
連连遲迟適适選选遜逊遞递邏逻遺遗鄧邓鄭郑鄰邻醬酱釀酿釋释裡里裏里鑒鉴鑑鉴針针釘钉釣钓鈔钞鐘钟鈉钠鋼钢鈣钙鑰钥欽钦鉤钩
錢钱鉗钳鑽钻鈾铀鐵铁鈴铃鉛铅銅铜鋁铝銘铭鏟铲銀银鑄铸鋪铺鏈链銷销鎖锁鋤锄鍋锅鋒锋鋸锯錯错錫锡鑼锣錘锤錦锦鍵键鎮镇鏡镜
長长門门閃闪閉闭問问闖闯閏闰閑闲間间悶闷鬧闹聞闻閩闽閥阀閣阁閱阅闊阔隊队陽阳陰阴陣阵階阶際际陸陆陳陈險险隨随隱隐隸隶
難难雛雏霧雾靜静韓韩頁页頂顶項项順顺須须頑顽顧顾頓顿頒颁預预領领頗颇頸颈頻频顆颗題题額额顏颜顛颠風风飄飘飛飞飯饭飲饮
飾饰飽饱飼饲餅饼餓饿館馆饒饶馬马馳驰馴驯驢驴駕驾駐驻驅驱驗验騎骑騙骗騷骚驕骄驟骤鬥斗鬆松魚鱼鮮鲜鯨鲸鳥鸟鳴鸣鴨鸭鴻鸿
鵝鹅鷹鹰鶴鹤麥麦黃黄點点齒齿齡龄龍龙龜龟係系佈布佔占併并僱雇儘尽剋克劃划勻匀卹恤吶呐啓启嚐尝囪囱夥伙姦奸婬淫崗岗
嵗岁彙汇徬彷恆恒慾欲託托搾榨擱搁擠挤擡抬攪搅斃毙昇升晉晋曆历朮术棲栖櫥橱氾泛汙污洩泄淒凄滅灭漬渍澱淀濺溅灶灶燉炖燴烩
營营爲为牀床犢犊琺珐甦苏畢毕痠酸皺皱盃杯睏困瞭了硃朱碁棋祕秘禦御稅税穀谷穫获窯窑筆笔筯箸箇个籤签糰团紥扎絃弦綵彩綳绷
纖纤罈坛羣群翹翘膩腻臥卧舖铺荊荆菸烟葯药蔘参蔥葱薑姜蝨虱衊蔑衝冲裊袅覆覆覈核訃讣訝讶詛诅詫诧誅诛誌志諂谄諉诿諜谍諦谛
諮咨謗谤譏讥譚谭讚赞豬猪貶贬賺赚贓赃贖赎跡迹踴踊蹟迹軋轧輾辗轍辙迴回週周遊游邨村郵邮鄙鄙醞酝釐厘鈕钮鈍钝鈞钧鉅巨銳锐
銲焊鋰锂錶表鍛锻鎢钨鎳镍鏽锈鑲镶鑫鑫閘闸閤合闆板闢辟陞升隻只雋隽雞鸡霑沾靂雳鞏巩韁缰頰颊顫颤颱台飆飙餐餐餘余餚肴饅馒
駁驳駛驶騰腾髮发鬍胡鬚须鬱郁鮑鲍麵面黴霉鼕冬齣出齧啮臺台檯台颳刮僞伪裏里線线匯汇擧举緻致註注儅当嘆叹姪侄嬭奶徃往
犛牦籲吁糴籴糶粜衹只瀏浏覽览檔档慮虑繆缪鎊镑滾滚殯殡購购擷撷鏢镖瀆渎讒谗彞彝檸柠檬檬寬宽腎肾蠟蜡轎轿攙搀瀝沥碩硕緘缄説说産产綫线欵款
"""


def _pairs() -> dict[int, int]:
    letters = "".join(_TRADITIONAL.split())
    return {ord(a): ord(b) for a, b in zip(letters[::2], letters[1::2], strict=True) if a != b}


# Where letters with case live: scanning all of Unicode takes seconds.
_CASED = (
    (0x41, 0x2E7F), (0xA640, 0xABFF), (0xFB00, 0xFFFF), (0x10400, 0x10DFF), (0x118A0, 0x118DF),
    (0x16E40, 0x16E7F), (0x1E900, 0x1E943),
)  # fmt: skip


def _case(*methods: str) -> dict[int, str]:
    """The first mapping that is one letter; title case stands in where a capital would be two."""
    letters = (chr(code) for first, last in _CASED for code in range(first, last + 1))
    return {ord(c): mapped for c in letters if (mapped := _single(c, methods)) != c}


def _single(letter: str, methods: tuple[str, ...]) -> str:
    found = (getattr(letter, method)() for method in methods)
    return next((mapped for mapped in found if len(mapped) == 1), letter)


@cache
def capitals() -> dict[int, str]:
    """Small letters and their capitals, where the capital is one letter."""
    return _case("upper", "title")


@cache
def small_letters() -> dict[int, str]:
    return {**_case("lower"), 0x130: "i"}


def upper(text: str) -> str:
    """Letter by letter, as PostgreSQL's simple case mapping does it."""
    return text.upper() if text.isascii() else text.translate(capitals())


def lower(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(small_letters())


def simplified() -> dict[int, int]:
    """Traditional characters (as numbers) and their simplified ones."""
    return dict(_pairs())


@cache
def match_table() -> dict[int, str | None]:
    """What `match_form` does to single characters; None: the character goes."""
    table: dict[int, str | None] = {**small_letters()}
    for code in range(0xFF01, 0xFF5F):
        table[code] = chr(code - 0xFEE0).lower()
    table.update({code: chr(to) for code, to in _pairs().items()})
    table.update({ord(letter): None for letter in BLANKS + UNSEEN})
    return table


BLANKS = "".join(map(chr, (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029,
                           0x202F, 0x205F, 0x3000, 0xFEFF)))  # fmt: skip

# Signs without a shape: joiners, directions, variants. A word with one inside looks like the word.
UNSEEN = "".join(map(chr, (0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810),
                           *range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164,
                           *range(0xFE00, 0xFE10), 0xFFA0, *range(0xE0000, 0xE01F0))))  # fmt: skip


_RUNS_OF_BLANKS = re.compile(f"[{BLANKS}]+")


def trim(text: str) -> str:
    """No blanks outside, one space for every run of them inside."""
    return _RUNS_OF_BLANKS.sub(" ", text).strip(" ")


def match_form(text: str) -> str:
    """The comparable form; short texts are remembered, since twenty rules ask for the same one."""
    return _remembered(text) if len(text) <= 1000 else text.translate(match_table())


@lru_cache(maxsize=512)
def _remembered(text: str) -> str:
    return text.translate(match_table())


@lru_cache(maxsize=512)
def match_forms(words: tuple[str, ...]) -> tuple[str, ...]:
    """The comparable forms of words; a word with nothing in it goes."""
    return tuple(form for word in words if (form := match_form(word)))
